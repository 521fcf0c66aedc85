// The client: calls on standard input, outcomes on standard output, a line of JSON each.
//
// What it says of an outcome decides whether verdicts can be trusted:
//
//   - ok: it happened, and this is the answer;
//   - fail: it did not happen and never will. This needs proof: the server refused it, or it was never sent;
//   - info: everything else. After a timeout nobody knows whether the call was carried out, or will be.
//
// It must not try a call again by itself. `faultline conform` tests all this.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

type where struct {
	Address      string  `json:"address"`
	LocalAddress *string `json:"localAddress"`
}

type line struct {
	Open   *where          `json:"open"`
	Cancel int             `json:"cancel"`
	ID     int             `json:"id"`
	F      string          `json:"f"`
	Value  json.RawMessage `json:"value"`
}

func say(answer map[string]any) {
	text, _ := json.Marshal(answer)
	fmt.Println(string(text))
}

// Go's HTTP client sends some requests again by itself if a kept connection turns out to be closed. This one connects once, and
// asks on that connection only.
type connection struct {
	net.Conn
	reader *bufio.Reader
}

func connect(to where, port string) (*connection, error) {
	dialer := net.Dialer{Timeout: time.Second}
	// Clients connect from an address of their own, so that a fault can cut them off. Your library must bind it, too.
	if to.LocalAddress != nil {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(*to.LocalAddress)}
	}
	conn, err := dialer.Dial("tcp", net.JoinHostPort(to.Address, port))
	if err != nil {
		return nil, err
	}
	return &connection{conn, bufio.NewReader(conn)}, nil
}

func (c *connection) post(path string, body []byte) (int, []byte, error) {
	request, err := http.NewRequest("POST", "http://node"+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if err := request.Write(c); err != nil {
		return 0, nil, err
	}
	response, err := http.ReadResponse(c.reader, request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, text, err
}

// The answer as the vocabulary has it: what was asked, and what was found.
func merged(asked, found []byte) map[string]json.RawMessage {
	answer := map[string]json.RawMessage{}
	json.Unmarshal(asked, &answer)
	json.Unmarshal(found, &answer)
	return answer
}

// False: the connection is lost. The next call gets a new process.
func (c *connection) answer(call line) bool {
	status, body, err := c.post("/"+call.F, call.Value)
	if err != nil {
		// It may have been sent, and nobody knows what became of it.
		say(map[string]any{"id": call.ID, "type": "info", "error": err.Error()})
		return false
	}
	if status != http.StatusOK {
		// A server that answers anything but 200 has done nothing: its documentation says so. Yours may not.
		say(map[string]any{"id": call.ID, "type": "fail", "error": fmt.Sprintf("status %d", status)})
		return true
	}
	say(map[string]any{"id": call.ID, "type": "ok", "value": merged(call.Value, body)})
	return true
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	var c *connection
	for input.Scan() {
		var told line
		if err := json.Unmarshal(input.Bytes(), &told); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if told.Open != nil {
			opened, err := connect(*told.Open, os.Args[1])
			if err != nil {
				say(map[string]any{"refused": err.Error()})
				return
			}
			c = opened
			say(map[string]any{"ready": true})
		} else if told.Cancel == 0 && !c.answer(told) {
			return
		}
	}
}
