import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import { contentHash } from '../../kernel/hash.js';
import type { OauthClient } from './oauth-client.entity.js';

type Described = Pick<
  OauthClient,
  'name' | 'documentUrl' | 'redirectUris' | 'authMethod' | 'grantTypes' | 'jwks' | 'jwksUri'
>;

/**
 * The properties of a client that a consent covers: what the user sees, and what decides who receives codes and redeems
 * them.
 */
export interface ClientFacts {
  readonly name: string;
  readonly documentUrl: string | null;
  readonly redirectUris: readonly string[];
  readonly grantTypes: readonly string[];
  /** The hash of how the client authenticates: the method and its public keys, or their URL. */
  readonly proof: string;
}

/** The facts of a client from its registration or document. The order of lists is ignored. */
export const factsOf = ({ name, documentUrl, redirectUris, authMethod, grantTypes, jwks, jwksUri }: Described) =>
  ({
    name,
    documentUrl,
    redirectUris: [...redirectUris].sort(),
    grantTypes: [...grantTypes].sort(),
    proof: contentHash(canonicalJson({ authMethod, jwks, jwksUri })),
  }) satisfies ClientFacts;

/** A hash that is equal exactly if the facts are equal. */
export const hashOfFacts = (facts: ClientFacts): string => contentHash(canonicalJson(facts));
