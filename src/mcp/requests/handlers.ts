import type {
  HandlerResultTypeMap,
  RequestMethod,
  RequestTypeMap,
  Server,
  ServerContext,
} from '@modelcontextprotocol/server';

/** The handler of each protocol method. */
export type Handlers = {
  [M in RequestMethod]?: (
    request: RequestTypeMap[M],
    context: ServerContext,
  ) => HandlerResultTypeMap[M] | Promise<HandlerResultTypeMap[M]>;
};

export function install(server: Server, handlers: Handlers) {
  for (const [method, handler] of Object.entries(handlers))
    server.setRequestHandler(method as 'ping', handler as never);
}
