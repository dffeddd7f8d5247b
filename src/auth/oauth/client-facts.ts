import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import { sha256 } from '../../kernel/hash.js';
import type { OauthClient } from './oauth-client.entity.js';

type Described = Pick<
  OauthClient,
  'name' | 'documentUrl' | 'redirectUris' | 'authMethod' | 'grantTypes' | 'jwks' | 'jwksUri'
>;

/** What a consent is about: what a person is shown of a client, and what decides who receives its codes and redeems them. */
export interface ClientFacts {
  readonly name: string;
  readonly documentUrl: string | null;
  readonly redirectUris: readonly string[];
  readonly grantTypes: readonly string[];
  /** Hash of how the client proves that it is itself: the method, and its public keys or where they are. */
  readonly proof: string;
}

/** The facts of a client as it registered, or as its document says now. The order of lists says nothing. */
export const factsOf = ({ name, documentUrl, redirectUris, authMethod, grantTypes, jwks, jwksUri }: Described) =>
  ({
    name,
    documentUrl,
    redirectUris: [...redirectUris].sort(),
    grantTypes: [...grantTypes].sort(),
    proof: sha256(canonicalJson({ authMethod, jwks, jwksUri })),
  }) satisfies ClientFacts;

/** The same for the same facts and for no others. */
export const hashOfFacts = (facts: ClientFacts): string => sha256(canonicalJson(facts));
