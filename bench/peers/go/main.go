// gorilla/websocket and encoding/json. Given the address and count or count-by; prints {"cpuSeconds":…,"counted":…}.
package main

import (
	"encoding/json"
	"log"
	"os"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
)

// A data PDU whose messages are only counted: their texts are checked, and not decoded.
type counting struct {
	Action string
	Body   struct {
		Position string
		Messages []json.RawMessage
	}
}

// A data PDU of which each message's symbol is wanted.
type countingBy struct {
	Action string
	Body   struct {
		Position string
		Messages []struct{ Symbol string }
	}
}

type result struct {
	CPUSeconds float64 `json:"cpuSeconds"`
	Counted    int     `json:"counted"`
	Keys       int     `json:"keys,omitempty"`
}

func main() {
	url, work := os.Args[1], os.Args[2]
	dialer := websocket.Dialer{ReadBufferSize: 64 << 10}
	socket, _, err := dialer.Dial(url, nil)
	check(err)
	subscribe := []byte(`{"action":"rtm/subscribe","id":1,"body":{"channel":"c"}}`)
	check(socket.WriteMessage(websocket.TextMessage, subscribe))
	_, _, err = socket.ReadMessage()
	check(err)

	start := cpu()
	counted := 0
	keys := map[string]int{}
	for {
		_, frame, err := socket.ReadMessage()
		if websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			break
		}
		check(err)
		if work == "count" {
			var pdu counting
			check(json.Unmarshal(frame, &pdu))
			counted += len(pdu.Body.Messages)
			continue
		}
		var pdu countingBy
		check(json.Unmarshal(frame, &pdu))
		counted += len(pdu.Body.Messages)
		for _, message := range pdu.Body.Messages {
			keys[message.Symbol]++
		}
	}
	spent := (cpu() - start).Seconds()
	check(json.NewEncoder(os.Stdout).Encode(result{spent, counted, len(keys)}))
}

// User and system time of the whole process, its collector included.
func cpu() time.Duration {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
