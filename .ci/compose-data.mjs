// Data that must survive `docker compose down`. With a URL alone it makes a client and a channel and prints what is
// needed to find them again; with that as the second argument it fails unless they are there.
const [url, kept] = process.argv.slice(2);

const ask = async (path, { token, ...init } = {}) => {
  const headers = { ...init.headers, ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(new URL(path, url), { ...init, headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};
const post = (path, body, token) =>
  ask(path, {
    method: 'POST',
    token,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

if (kept) {
  const { token, channel_id } = JSON.parse(kept);
  const { channels } = await ask('/list_channels', { token });
  if (!channels.some((channel) => channel.channel_id === channel_id)) throw new Error(`${channel_id} is gone`);
  console.log(`${channel_id} is still there, and so is the token.`);
} else {
  const { client_id, client_secret } = await post('/register', {
    client_name: 'compose',
    redirect_uris: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_post',
  });
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret, resource: url });
  const { access_token: token } = await ask('/token', { method: 'POST', body: form });
  const { channel_id } = await post('/create_channel', { name: 'Kept', slots: ['invite:a'] }, token);
  console.log(JSON.stringify({ token, channel_id }));
}
