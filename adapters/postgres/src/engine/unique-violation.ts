/** Whether PostgreSQL refused a row because of this unique index. */
export function violatesUnique(error: unknown, index: string): boolean {
  const fields = error as { readonly code?: unknown; readonly constraint?: unknown } | null;
  return fields?.code === '23505' && fields.constraint === index;
}
