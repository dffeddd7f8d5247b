import type { Request, Response } from 'express';

const LINKS = { name: 'Parley', mcp: '/mcp', docs: '/docs', openapi: '/openapi.json' };

/** Answers a visitor of the bare origin: browsers are sent to the documentation, programs get the addresses as JSON. */
export function sendStartLinks(request: Request, response: Response) {
  if (request.accepts(['json', 'html']) === 'html') return void response.redirect(302, LINKS.docs);
  response.json(LINKS);
}
