// A client of registers in Redis, in Go's standard library, for faultline's pipeClient (targets/pipe-client.ts).
//
// A call is answered "fail" only if Redis refused it before it did anything, and "info" whenever its outcome is not known.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

const compareAndSet = `
local now = redis.call('GET', KEYS[1])
if (now or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`

// Redis says these before it does anything.
var refusals = []string{"LOADING", "MISCONF", "OOM", "READONLY"}

type where struct {
	Address      string  `json:"address"`
	LocalAddress *string `json:"localAddress"`
}

type register struct {
	Key      json.Number  `json:"key"`
	Value    *json.Number `json:"value,omitempty"`
	Expected *json.Number `json:"expected,omitempty"`
	Next     *json.Number `json:"next,omitempty"`
}

type line struct {
	Open   *where          `json:"open"`
	Cancel int             `json:"cancel"`
	ID     int             `json:"id"`
	F      string          `json:"f"`
	Value  json.RawMessage `json:"value"`
}

// An error that Redis answered, as opposed to one of the connection.
type redisError string

func (e redisError) Error() string { return string(e) }

func say(answer map[string]any) {
	text, _ := json.Marshal(answer)
	fmt.Println(string(text))
}

type connection struct {
	net.Conn
	reader *bufio.Reader
}

func connect(to where) (*connection, error) {
	dialer := net.Dialer{Timeout: time.Second}
	if to.LocalAddress != nil {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(*to.LocalAddress)}
	}
	conn, err := dialer.Dial("tcp", to.Address+":6379")
	if err != nil {
		return nil, err
	}
	return &connection{conn, bufio.NewReader(conn)}, nil
}

// The reply of a command as a text; nil if there is no such key.
func (c *connection) command(words ...string) (*string, error) {
	request := fmt.Sprintf("*%d\r\n", len(words))
	for _, word := range words {
		request += fmt.Sprintf("$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := c.Write([]byte(request)); err != nil {
		return nil, err
	}
	reply, err := c.reader.ReadString('\n')
	if err != nil {
		return nil, err
	}
	kind, rest := reply[0], strings.TrimSpace(reply[1:])
	if kind == '-' {
		return nil, redisError(rest)
	}
	if kind != '$' {
		return &rest, nil
	}
	length, err := strconv.Atoi(rest)
	if err != nil || length < 0 {
		return nil, err
	}
	bytes := make([]byte, length+2)
	if _, err := io.ReadFull(c.reader, bytes); err != nil {
		return nil, err
	}
	text := string(bytes[:length])
	return &text, nil
}

func textOf(number *json.Number) string {
	if number == nil {
		return ""
	}
	return number.String()
}

func (c *connection) perform(f string, given register) (map[string]any, error) {
	key := "register-" + given.Key.String()
	switch f {
	case "read":
		found, err := c.command("GET", key)
		if err != nil || found == nil {
			return map[string]any{"key": given.Key, "value": nil}, err
		}
		return map[string]any{"key": given.Key, "value": json.Number(*found)}, nil
	case "write":
		_, err := c.command("SET", key, textOf(given.Value))
		return map[string]any{"key": given.Key, "value": given.Value}, err
	}
	done, err := c.command("EVAL", compareAndSet, "1", key, textOf(given.Expected), textOf(given.Next))
	if err != nil {
		return nil, err
	}
	return map[string]any{"key": given.Key, "expected": given.Expected, "next": given.Next, "applied": *done == "1"}, nil
}

func isRefusal(err redisError) bool {
	for _, refusal := range refusals {
		if strings.HasPrefix(string(err), refusal) {
			return true
		}
	}
	return false
}

// False: the connection is lost, and a new process takes over.
func (c *connection) answer(call line) bool {
	var given register
	if err := json.Unmarshal(call.Value, &given); err != nil {
		say(map[string]any{"id": call.ID, "type": "fail", "error": err.Error()})
		return true
	}
	value, err := c.perform(call.F, given)
	if err == nil {
		say(map[string]any{"id": call.ID, "type": "ok", "value": value})
		return true
	}
	outcome := "info"
	var said redisError
	isAnswer := errors.As(err, &said)
	if isAnswer && isRefusal(said) {
		outcome = "fail"
	}
	say(map[string]any{"id": call.ID, "type": outcome, "error": err.Error()})
	return isAnswer
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
			opened, err := connect(*told.Open)
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
