/** What each verdict says about a bundle. */
export const MEANINGS = {
  VERIFIED: 'everything that the log makes checkable was checked and is right',
  PARTIAL: 'nothing failed, but not everything was checked',
  UNWITNESSED: 'the quorum of witnesses of your policy is missing',
  UNANCHORED: 'the file is consistent, but you gave no key or policy that you trust',
  DIVERGED: 'something has come out otherwise than it was recorded',
  INVALID: 'the file does not hold',
} as const;
