// Written by scripts/released-texts.mjs from executed-texts/index.json.
export const KITS: readonly string[] = [
  'sha256:0c66689d6a6b3a850eaba7952ce14ec970d669ff407b211798584e6c2f19c5c8',
  'sha256:42dd6ef404ece267f596971c278354f19e8fe479689ff7c0d832cd78ca343d12',
  'sha256:b16d9e9dc285a4f2af32b865df5a295e9f4a97cf8295bb199ec2c08b300a1917',
  'sha256:f5ad24c63aa29d547cc4ef9a80ab9166378cd8921979d0d69752ddfd944c200d',
];

export const PACKAGES: readonly string[] = [];

export const ROOT_FILE_SYSTEMS: readonly string[] = [
  'sha256:0da0581ed971da5870a712d8dc9efacc0c2190e42db501a57f58bcf5124fb878',
  'sha256:3577e43db4f1b6aed68781ea73e43604ee058b2cfae75cd7efb101c49965f973',
  'sha256:840a8052a38c23147e5ca77255c4a7b67e638580b5607dc0c8e4e603952e8c33',
  'sha256:c3d474b78b51200c81d3eaf5aab20d267ac5ebde8ec59aa3a4c5ddcd4c55f2e4',
  'sha256:ee88845cfab81189109ba52bea13563878aefd9b222904c069bf980c8f69a22f',
];
