/** Every `POST /v1/users/:id/calls` that reached the application, whatever became of it. */
export interface Order {
  readonly atMs: number;
  readonly userId: number;
  readonly numberId: number | null;
  readonly to: string | null;
  readonly status: number;
  /** Null when it was refused, or accepted with no call to follow. */
  readonly callId: number | null;
}

export class OrderLog {
  #orders: Order[] = [];

  note(order: Order): void {
    this.#orders.push(order);
  }

  all(): readonly Order[] {
    return this.#orders;
  }

  reset(): void {
    this.#orders = [];
  }
}
