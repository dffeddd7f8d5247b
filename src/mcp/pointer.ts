import type { Request, Response } from 'express';

const PLACES = { name: 'Parley', mcp: '/mcp', docs: '/docs', openapi: '/openapi.json' };

/** What a visitor of the bare origin is told: where to go. */
export function pointer(request: Request, response: Response) {
  if (request.accepts(['json', 'html']) === 'html') return void response.redirect(302, PLACES.docs);
  response.json(PLACES);
}
