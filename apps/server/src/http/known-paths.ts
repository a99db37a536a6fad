/** Which methods a path has; Fastify itself only knows whether a path with a method exists. */
export interface KnownPaths {
  add(url: string, method: string | readonly string[]): void;
  /** Empty: there is no such path. */
  methodsOf(path: string): readonly string[];
}

export function createKnownPaths(): KnownPaths {
  const paths = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();
  return {
    add(url, method) {
      if (url.includes('*')) return;
      const known = paths.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
      for (const each of typeof method === 'string' ? [method] : method) known.methods.add(each);
      paths.set(url, known);
    },
    methodsOf(path) {
      const methods = new Set<string>();
      for (const known of paths.values()) {
        if (!known.pattern.test(path)) continue;
        for (const method of known.methods) methods.add(method);
      }
      return [...methods].sort();
    },
  };
}

function patternOf(url: string): RegExp {
  const segments = url
    .replace(/\/$/, '')
    .split('/')
    .map((segment) =>
      segment.startsWith(':') ? '[^/]+' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    );
  return new RegExp(`^${segments.join('/')}/?$`);
}
