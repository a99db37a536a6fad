import { digitsOnly } from './phone-format.js';

interface ContactDetail {
  readonly id: number;
  readonly label: string;
  readonly value: string;
}

/** Reference 5.2. Every contact here is shared, because only those are visible by API. */
export interface Contact {
  readonly id: number;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly companyName: string | null;
  readonly information: string | null;
  readonly phoneNumbers: readonly ContactDetail[];
  readonly emails: readonly ContactDetail[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

type Detail = Omit<ContactDetail, 'id'>;
export interface ContactFields {
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly companyName?: string | null | undefined;
  readonly information?: string | null | undefined;
  readonly phoneNumbers?: readonly Detail[] | undefined;
  readonly emails?: readonly Detail[] | undefined;
}

export class Contacts {
  readonly #seed: readonly Contact[];
  readonly #byId = new Map<number, Contact>();
  #nextId = 0;

  constructor(seed: readonly Contact[]) {
    this.#seed = seed;
    this.reset();
  }

  reset(): void {
    this.#byId.clear();
    for (const contact of this.#seed) this.#byId.set(contact.id, contact);
    this.#nextId = 1000;
  }

  all(): Contact[] {
    return [...this.#byId.values()];
  }

  find(id: number): Contact | undefined {
    return this.#byId.get(id);
  }

  withPhoneNumber(phoneNumber: string): Contact[] {
    const digits = digitsOnly(phoneNumber);
    return this.all().filter((contact) =>
      contact.phoneNumbers.some((phone) => digitsOnly(phone.value) === digits),
    );
  }

  withEmail(email: string): Contact[] {
    return this.all().filter((contact) => contact.emails.some((detail) => detail.value === email));
  }

  /** The same payload twice makes two contacts (reference 5.2). */
  add(fields: ContactFields, nowMs: number): Contact {
    return this.#store(this.#nextId++, undefined, fields, nowMs);
  }

  update(contact: Contact, fields: ContactFields, nowMs: number): Contact {
    return this.#store(contact.id, contact, fields, nowMs);
  }

  remove(id: number): boolean {
    return this.#byId.delete(id);
  }

  #store(id: number, old: Contact | undefined, fields: ContactFields, nowMs: number): Contact {
    const details = (
      given: readonly Detail[] | undefined,
      kept: readonly ContactDetail[] | undefined,
    ) => (given ? given.map((detail) => ({ id: this.#nextId++, ...detail })) : (kept ?? []));
    const contact: Contact = {
      id,
      firstName: fields.firstName ?? old?.firstName ?? null,
      lastName: fields.lastName ?? old?.lastName ?? null,
      companyName: fields.companyName ?? old?.companyName ?? null,
      information: fields.information ?? old?.information ?? null,
      phoneNumbers: details(fields.phoneNumbers, old?.phoneNumbers),
      emails: details(fields.emails, old?.emails),
      createdAt: old?.createdAt ?? nowMs,
      updatedAt: nowMs,
    };
    this.#byId.set(id, contact);
    return contact;
  }
}
