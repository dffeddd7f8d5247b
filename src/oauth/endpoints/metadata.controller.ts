import { Controller, Get, Headers } from '@nestjs/common';
import { SCOPES } from '../../kernel/caller.js';
import { Config } from '../../platform/config/config.js';
import { spelledOrigin } from '../../platform/http/spelled-origin.js';
import { SIGNING_ALGS } from '../clients/client-assertions.js';
import { AUTH_METHODS, GRANT_TYPES } from '../clients/oauth-client.entity.js';

/** OAuth metadata, RFC 8414 and RFC 9728, at all paths that clients use. */
@Controller('.well-known')
export class MetadataController {
  constructor(private readonly config: Config) {}

  @Get([
    'oauth-authorization-server',
    'oauth-authorization-server/mcp',
    'openid-configuration',
    'openid-configuration/mcp',
  ])
  authorizationServer() {
    const { publicUrl: issuer, authMode } = this.config;
    return {
      issuer,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/token`,
      registration_endpoint: `${issuer}/register`,
      revocation_endpoint: `${issuer}/oauth/revoke`,
      scopes_supported: [...SCOPES, 'offline_access'],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      // A program that signs in as itself has no account.
      grant_types_supported: GRANT_TYPES.filter((grant) => authMode === 'open' || grant !== 'client_credentials'),
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: AUTH_METHODS,
      token_endpoint_auth_signing_alg_values_supported: SIGNING_ALGS,
      revocation_endpoint_auth_methods_supported: AUTH_METHODS,
      revocation_endpoint_auth_signing_alg_values_supported: SIGNING_ALGS,
      client_id_metadata_document_supported: true,
      authorization_response_iss_parameter_supported: true,
    };
  }

  @Get('oauth-protected-resource')
  server(@Headers('host') host: string) {
    return this.resource(host, '');
  }

  @Get('oauth-protected-resource/mcp')
  mcpEndpoint(@Headers('host') host: string) {
    return this.resource(host, '/mcp');
  }

  private resource(host: string, path: string) {
    const { publicUrl } = this.config;
    return {
      resource: `${spelledOrigin(publicUrl, `http://${host}`)}${path}`,
      authorization_servers: [publicUrl],
      scopes_supported: SCOPES,
      bearer_methods_supported: ['header'],
      resource_name: 'Parley',
    };
  }
}
