/** The Python bots of the systems that came before, character by character: they run here as they are. */
export const PRICE_BOT = `
import requests
class BitcoinPriceBot:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_init(self):
        self.ctx.post('system', {'text': '🤖 Bitcoin Price Bot ready! Type "price" to check BTC.'})
    def on_message(self, msg):
        if 'price' in msg.get('body', {}).get('text', '').lower():
            resp = requests.get('https://api.coinbase.com/v2/prices/BTC-USD/spot')
            price = resp.json()['data']['amount']
            self.ctx.post('bot', {'text': f'💰 Current BTC: \${price} USD'})
`;

export const ECHO_BOT = `
class EchoBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_init(self):
        self.ctx.post('system', {'text': 'Echo ready'})

    def on_message(self, msg):
        if msg.get('kind') == 'user':
            self.ctx.post('bot', {'echo': msg.get('body')})
`;

export const BITCOIN_BOT = `import random
import json
import requests  # ✅ Network requests allowed

class BitcoinBot:
    def on_init(self):
        # Fetch BTC price from public API
        resp = requests.get("https://api.coinbase.com/v2/exchange-rates?currency=BTC")
        data = resp.json()
        price = data["data"]["rates"]["USD"]

        self.ctx.post("bot", {
            "type": "ready",
            "message": f"BTC price: \${price}"
        })

    def on_message(self, msg):
        roll = random.randint(1, 6)
        self.ctx.post("bot", {"roll": roll})
`;
