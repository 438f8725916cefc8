"""websocket-client and json. Given the address and count or count-by; prints {"cpuSeconds":…,"counted":…}."""
import json
import sys
import time

import websocket

url, work = sys.argv[1:]
# Its own check of UTF-8 is in Python, and takes many times as long as all else; decoding the text checks it again.
socket = websocket.create_connection(url, skip_utf8_validation=True)
socket.send('{"action":"rtm/subscribe","id":1,"body":{"channel":"c"}}')
socket.recv()

counted = 0
keys = {}
start = time.process_time()
# The close that ends the stream is received as an empty text.
while frame := socket.recv():
    messages = json.loads(frame)["body"]["messages"]
    counted += len(messages)
    if work == "count-by":
        for message in messages:
            symbol = message["symbol"]
            keys[symbol] = keys.get(symbol, 0) + 1
result = {"cpuSeconds": time.process_time() - start, "counted": counted}
if work == "count-by":
    result["keys"] = len(keys)
print(json.dumps(result))
