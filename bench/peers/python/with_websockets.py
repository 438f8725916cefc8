"""websockets (asyncio) and json. Given the address and count or count-by; prints {"cpuSeconds":…,"counted":…}."""
import asyncio
import json
import sys
import time

import websockets


async def main(url, work):
    counted = 0
    keys = {}
    async with websockets.connect(url, compression=None, max_size=None) as socket:
        await socket.send('{"action":"rtm/subscribe","id":1,"body":{"channel":"c"}}')
        await socket.recv()
        start = time.process_time()
        async for frame in socket:
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


asyncio.run(main(sys.argv[1], sys.argv[2]))
