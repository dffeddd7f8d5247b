import { json, type RequestHandler, urlencoded } from 'express';
import { isOauthPath } from '../auth/oauth/oauth-paths.js';
import { CAPS } from '../platform/limits/caps.js';

/** Nothing compressed is read: how large it is would be known only when it is there. */
const PLAIN = { inflate: false } as const;

const atDoors = json({ ...PLAIN, limit: CAPS.body_bytes.most, strict: false });
const atOauth = json({ ...PLAIN, limit: CAPS.oauth_body_bytes.most, strict: false });

/** Reads a JSON body, as large as is right where it was sent. */
export const readJson: RequestHandler = (request, response, next) =>
  (isOauthPath(request.path.toLowerCase()) ? atOauth : atDoors)(request, response, next);

/** Reads a form, which only the endpoints of OAuth take. */
export const readForm: RequestHandler = urlencoded({
  ...PLAIN,
  limit: CAPS.oauth_body_bytes.most,
  extended: false,
  parameterLimit: 100,
});
