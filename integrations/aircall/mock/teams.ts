export interface Team {
  readonly id: number;
  readonly name: string;
  readonly createdAt: string;
  readonly userIds: readonly number[];
}

export class Teams {
  readonly #seed: readonly Team[];
  readonly #byId = new Map<number, Team>();

  constructor(seed: readonly Team[]) {
    this.#seed = seed;
    this.reset();
  }

  reset(): void {
    this.#byId.clear();
    for (const team of this.#seed) this.#byId.set(team.id, team);
  }

  all(): Team[] {
    return [...this.#byId.values()];
  }

  find(id: number): Team | undefined {
    return this.#byId.get(id);
  }

  addUser(team: Team, userId: number): Team {
    return this.#replace({ ...team, userIds: [...new Set([...team.userIds, userId])] });
  }

  removeUser(team: Team, userId: number): Team {
    return this.#replace({ ...team, userIds: team.userIds.filter((id) => id !== userId) });
  }

  #replace(team: Team): Team {
    this.#byId.set(team.id, team);
    return team;
  }
}
