// Command handwritten is the connector of conformance/figures without an SDK, optimized for speed
// as an author might write it: it appends the lines to a buffer. Its answers are the same byte for
// byte. It does nothing else that an SDK does.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: handwritten ADDRESS")
		os.Exit(2)
	}
	log.Fatal(http.ListenAndServe(os.Args[1], http.HandlerFunc(answer)))
}

// A command is the relevant part of a request.
type command struct {
	Type   string
	Config struct{ Token string }
}

// answer answers a command.
func answer(w http.ResponseWriter, r *http.Request) {
	var c command
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	var err error
	switch c.Type {
	case "std:test-connection":
		_, err = w.Write([]byte(`{"data":{},"type":"output"}` + "\n"))
	case "std:account:list":
		err = list(w, c.Config.Token)
	default:
		http.Error(w, "unknown command", http.StatusBadRequest)
	}
	if err != nil {
		log.Print(err)
	}
}

// An account is one account of the source.
type account struct {
	id, login, given, mail string
	disabled, resident     bool
	loans, joined          int64
	phones                 []string
	answers                []bool
	fines, visits          []int64
	groups                 []string
	card                   string
}

// reader is the part that all accounts have in common. They are made of it, since making accounts is
// not what is measured.
var reader = account{
	login: "ada.lovelace", given: "Ada", mail: "ada.lovelace@library.example", resident: true,
	loans: 3, joined: 1_700_000_000_000, phones: []string{"+44 20 7946 0958"},
	answers: []bool{true, false}, fines: []int64{250}, visits: []int64{1_710_000_000_000, 1_720_000_000_000},
	groups: []string{"readers", "writers"}, card: "gold",
}

// list sends as many accounts as the token says: the first at once, the others in blocks.
func list(w http.ResponseWriter, token string) error {
	const block = 64 << 10
	n, err := strconv.Atoi(token)
	if err != nil {
		return err
	}
	buffer := make([]byte, 0, block+4<<10)
	a := reader
	for i := range n {
		a.id = strconv.Itoa(i)
		buffer = a.append(buffer)
		if i > 0 && len(buffer) < block {
			continue
		}
		if _, err := w.Write(buffer); err != nil {
			return err
		}
		if i == 0 {
			w.(http.Flusher).Flush()
		}
		buffer = buffer[:0]
	}
	_, err = w.Write(buffer)
	return err
}

// append appends the account's line.
func (a *account) append(b []byte) []byte {
	b = append(b, `{"data":{"key":{"simple":{"id":`...)
	b = appendString(b, a.id)
	b = append(b, `}},"disabled":`...)
	b = strconv.AppendBool(b, a.disabled)
	b = append(b, `,"attributes":{"id":`...)
	b = appendString(b, a.id)
	b = append(b, `,"login":`...)
	b = appendString(b, a.login)
	b = append(b, `,"name.given":`...)
	b = appendString(b, a.given)
	b = append(b, `,"mail":`...)
	b = appendString(b, a.mail)
	b = append(b, `,"resident":`...)
	b = strconv.AppendBool(b, a.resident)
	b = append(b, `,"loans":`...)
	b = strconv.AppendInt(b, a.loans, 10)
	b = append(b, `,"joined":`...)
	b = strconv.AppendInt(b, a.joined, 10)
	b = append(b, `,"phones":`...)
	b = appendList(b, a.phones, appendString)
	b = append(b, `,"answers":`...)
	b = appendList(b, a.answers, strconv.AppendBool)
	b = append(b, `,"fines":`...)
	b = appendList(b, a.fines, appendInt)
	b = append(b, `,"visits":`...)
	b = appendList(b, a.visits, appendInt)
	b = append(b, `,"groups":`...)
	b = appendList(b, a.groups, appendString)
	b = append(b, `,"card":`...)
	b = appendString(b, a.card)
	return append(b, `}},"type":"output"}`+"\n"...)
}

// appendList appends a JSON array.
func appendList[T any](b []byte, list []T, element func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = element(b, v)
	}
	return append(b, ']')
}

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

// appendString appends a JSON string.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, err := json.Marshal(s)
			if err != nil {
				panic(err) // strings always have a JSON form
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
