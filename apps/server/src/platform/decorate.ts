/**
 * The same port with some of its methods replaced. Everything else, getters such as `capabilities` included, is asked of
 * the port itself at the moment of each call, so that a port that changes under way is not frozen here.
 */
export function withMethods<P extends object>(port: P, methods: Partial<P>): P {
  return Object.assign(Object.create(port) as P, methods);
}
