//go:build conformance && unix

package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A request is sent to both connectors.
type request struct {
	name    string // spec folder/command/input
	method  string
	path    string
	headers map[string]string
	body    string
}

const (
	anyPath     = "/library/invoke" // the original that npm installs serves every path but /
	someConfig  = `{"token":"right"}`
	oneSimple   = `"key":{"simple":{"id":"1"}}`
	oneCompound = `"key":{"compound":{"lookupId":"c1","uniqueId":"h1"}}`
)

// servedPath returns the request's path, or the one that the original serves instead.
func (r request) servedPath() string {
	if query, ok := strings.CutPrefix(r.path, anyPath); ok && onlyRoot.Load() {
		return "/" + query
	}
	return r.path
}

// command makes the request that runs a command. An empty config or input is left
// out.
func command(folder, name, about, input, config string) request {
	body := fmt.Sprintf(`{"type":%q`, name)
	if config != "" {
		body += `,"config":` + config
	}
	if input != "" {
		body += `,"input":` + input
	}
	return exchange(folder+"/"+name+"/"+about, body+"}")
}

// exchange makes a request with a body.
func exchange(name, body string) request {
	return request{name, http.MethodPost, anyPath, map[string]string{"Content-Type": "application/json"}, body}
}

// requestsOf returns all requests to the connector of a folder.
func requestsOf(t *testing.T, folder string) []request {
	t.Helper()
	var all []request
	known := originalCommands(t)
	for _, name := range commandsOf(t, folder) {
		if strings.HasPrefix(name, "std:") && !known[name] {
			t.Logf("%s is skipped: this version of the original lacks it", name)
			continue
		}
		good, ok := goodInputs[folder][name]
		if !ok {
			t.Errorf("%s has no inputs for %s", folder, name)
			continue
		}
		all = append(all, commands(folder, name, good)...)
		if strings.HasPrefix(name, "std:") {
			all = append(all, commands(folder, name, oddInputs)...)
		}
		if strings.Contains(good["good"], `"key":{`) {
			all = append(all, commands(folder, name, oddKeys)...)
		}
	}
	for _, about := range slices.Sorted(maps.Keys(oddConfigs)) {
		config := oddConfigs[about]
		all = append(all,
			command(folder, "std:test-connection", about, `{}`, config),
			command(folder, "std:account:read", about, goodInputs[folder]["std:account:read"]["good"], config))
	}
	if folder == "simple" {
		all = append(all, plainRequests()...)
	}
	return all
}

// commands makes a request from each input.
func commands(folder, name string, inputs map[string]string) []request {
	var all []request
	for _, about := range slices.Sorted(maps.Keys(inputs)) {
		all = append(all, command(folder, name, about, inputs[about], someConfig))
	}
	return all
}

// commandsOf returns the commands that a spec lists.
func commandsOf(t *testing.T, folder string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "connector-spec.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec struct{ Commands []string }
	if err := json.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	return spec.Commands
}

// oddInputs are sent to every standard command.
var oddInputs = map[string]string{
	"input missing":  "",
	"input null":     `null`,
	"input empty":    `{}`,
	"input a list":   `[]`,
	"input a text":   `"text"`,
	"input a number": `5`,
}

// oddKeys are sent to every command that reads a key.
var oddKeys = map[string]string{
	"key null":               odd(`null`),
	"key a text":             odd(`"1"`),
	"key a list":             odd(`[]`),
	"key empty":              odd(`{}`),
	"key of no kind":         odd(`{"double":{"id":"1"}}`),
	"simple key":             odd(`{"simple":{"id":"1"}}`),
	"simple key unknown":     odd(`{"simple":{"id":"no\"body"}}`),
	"simple key empty":       odd(`{"simple":{"id":""}}`),
	"simple key without ID":  odd(`{"simple":{}}`),
	"simple key a number":    odd(`{"simple":{"id":1}}`),
	"compound key":           odd(`{"compound":{"lookupId":"c1","uniqueId":"h1"}}`),
	"compound key unknown":   odd(`{"compound":{"lookupId":"nobody","uniqueId":"x"}}`),
	"compound key half":      odd(`{"compound":{"lookupId":"c1"}}`),
	"identity without a key": `{"type":"group","identity":"1","changes":[{"op":"Set","attribute":"login","value":"x"}]}`,
}

// odd makes an input for any command from a key, with members that no command knows.
func odd(key string) string {
	return `{"type":"group","key":` + key + `,"changes":[{"op":"Set","attribute":"login","value":"x"}],` +
		`"password":"right","schema":{"attributes":[]},"more":[1]}`
}

// oddConfigs are sent to some commands, with a valid input.
var oddConfigs = map[string]string{
	"config missing":     "",
	"config null":        `null`,
	"config empty":       `{}`,
	"config a list":      `[]`,
	"config a text":      `"text"`,
	"token a number":     `{"token":5}`,
	"shelves a text":     `{"token":"right","shelves":"many"}`,
	"config with others": `{"token":"right","cloudExternalId":"1","since":null}`,
}

// none are the inputs of commands that ignore them.
var none = map[string]string{"good": `{}`}

// keyed are the valid inputs of a command whose only member is a key.
func keyed(objects map[string]string) map[string]string {
	inputs := make(map[string]string)
	for about, members := range objects {
		inputs[about] = "{" + members + "}"
	}
	return inputs
}

var (
	simpleKeys = map[string]string{
		"good":            `"identity":"1",` + oneSimple,
		"sparse account":  `"key":{"simple":{"id":"2"}}`,
		"odd ID":          `"key":{"simple":{"id":"a/b c\"é"}}`,
		"empty texts":     `"key":{"simple":{"id":"empty"}}`,
		"null attributes": `"key":{"simple":{"id":"null"}}`,
		"stranger's key":  `"identity":"2",` + oneSimple,
	}
	compoundKeys = map[string]string{
		"good":            `"identity":"c1",` + oneCompound,
		"odd ID":          `"key":{"compound":{"lookupId":"ç\"2","uniqueId":"h/2"}}`,
		"no login":        `"key":{"compound":{"lookupId":"c3","uniqueId":"h3"}}`,
		"wrong unique ID": `"key":{"compound":{"lookupId":"c1","uniqueId":"h9"}}`,
	}
	lists = map[string]string{
		"good":             `{}`,
		"not stateful":     `{"stateful":false,"state":{"cursor":"1"}}`,
		"stateful, first":  `{"stateful":true}`,
		"stateful, second": `{"stateful":true,"state":{"cursor":"é<1"}}`,
		"state null":       `{"stateful":true,"state":null}`,
	}
)

// goodInputs are the valid inputs of each command, by folder and command.
var goodInputs = map[string]map[string]map[string]string{
	"simple": {
		"std:test-connection":         {"good": `{}`, "with a schema": `{"accountSchema":{"attributes":[]}}`},
		"std:account:list":            lists,
		"std:account:read":            keyed(simpleKeys),
		"std:account:create":          simpleCreates,
		"std:account:update":          simpleUpdates,
		"std:account:delete":          keyed(simpleKeys),
		"std:account:enable":          keyed(simpleKeys),
		"std:account:disable":         keyed(simpleKeys),
		"std:account:unlock":          keyed(simpleKeys),
		"std:account:discover-schema": none,
		"std:entitlement:list":        entitlementLists,
		"std:entitlement:read": {
			"good":         `{"type":"group","key":{"simple":{"id":"g1"}}}`,
			"empty texts":  `{"type":"group","key":{"simple":{"id":"g2"}}}`,
			"card":         `{"type":"card","key":{"simple":{"id":"gold"}}}`,
			"of a card":    `{"type":"card","key":{"simple":{"id":"g1"}}}`,
			"unknown type": `{"type":"ro\"le","key":{"simple":{"id":"g1"}}}`,
		},
		"std:change-password": {
			"good":           `{` + oneSimple + `,"password":"right"}`,
			"wrong password": `{` + oneSimple + `,"password":"wrong"}`,
			"no password":    `{` + oneSimple + `}`,
		},
		"std:authenticate": {
			"good":           `{` + oneSimple + `,"username":"ada","password":"right","options":{"a":[1]}}`,
			"wrong password": `{` + oneSimple + `,"username":"ada","password":"wrong"}`,
		},
		"std:source-data:discover": {"good": `{"queryInput":{}}`, "limit": `{"queryInput":{"query":"b","limit":1}}`},
		"std:source-data:read": {
			"good":     `{"sourceDataKey":"é","queryInput":{"query":"b"}}`,
			"excluded": `{"sourceDataKey":"é","queryInput":{"excludeItems":["branches"]}}`,
			"none":     `{"sourceDataKey":"é","queryInput":{"excludeItems":["branches","shelves"]}}`,
		},
		"std:config-options:read": {
			"good": `{"key":"languages"}`, "list": `{"key":"list"}`, "text": `{"key":"text"}`, "unknown": `{"key":"x"}`,
		},
		"std:application-discovery:list": {
			"good":            `{}`,
			"of a dataset":    `{"datasetId":"d","additionalParameters":{"a":1}}`,
			"additional null": `{"additionalParameters":null}`,
			"further members": `{"additionalParameters":{"further":true}}`,
		},
		"std:spec:read": none,
		"library:echo": {
			"good":           `{"a":[1,"é",null,true,{}],"b":{"c":""}}`,
			"escapes":        `{"a":"\u00e9\u2028\ud83d\udea2\/<>&\u0000\u001f\u007f"}`,
			"half surrogate": `"\ud800"`,
			"spaces":         " {\n\t\"a\" : [ 1 , 2 ] } ",
			"numbers":        `[0,1.5,-3,9007199254740991]`,
			"odd numbers":    `[1.0,-0,1e2,1E+2,1e21,1e-7,100000000000000000000]`,
			"large integers": `[9007199254740993,12345678901234567890]`,
			"number members": `{"b":1,"10":2,"a":3,"2":4}`,
			"twice":          `{"a":1,"b":2,"a":3}`,
		},
		"library:fail": {
			"good":                   `{"message":"it's broken"}`,
			"plain":                  `{"message":"it's broken","plain":true}`,
			"not found":              `{"message":"no \"x\"","type":"notFound"}`,
			"type of its own":        `{"message":"m","type":"my type"}`,
			"no message":             `{"message":""}`,
			"no message, plain":      `{"message":"","plain":true}`,
			"several lines":          `{"message":"first\nsecond"}`,
			"after outputs":          `{"outputs":3,"message":"m"}`,
			"not found, after":       `{"outputs":1,"message":"m","type":"notFound"}`,
			"plain, after":           `{"outputs":1,"message":"m","plain":true}`,
			"after a state":          `{"state":true,"message":"m"}`,
			"after a keep-alive":     `{"keepAlive":true,"message":"m"}`,
			"after thousand outputs": `{"outputs":3000,"message":"m"}`,
		},
		"library:lines":   {"good": `{}`, "no numbers": `{"infinite":true}`},
		"library:nothing": none,
		"library:repeat":  {"good": `{"times":10}`, "many": `{"times":5000}`},
	},
	"compound": {
		"std:test-connection":  none,
		"std:account:list":     lists,
		"std:account:read":     keyed(compoundKeys),
		"std:account:create":   compoundCreates,
		"std:account:update":   compoundUpdates,
		"std:account:delete":   keyed(compoundKeys),
		"std:account:enable":   keyed(compoundKeys),
		"std:account:disable":  keyed(compoundKeys),
		"std:account:unlock":   keyed(compoundKeys),
		"std:entitlement:list": {"good": `{"type":"group"}`, "unknown type": `{"type":"card"}`},
		"std:entitlement:read": {
			"good":         `{"type":"group","key":{"compound":{"lookupId":"g1","uniqueId":"u1"}}}`,
			"unknown type": `{"type":"card","key":{"compound":{"lookupId":"g1","uniqueId":"u1"}}}`,
		},
		"std:change-password": {
			"good":           `{` + oneCompound + `,"password":"right"}`,
			"wrong password": `{` + oneCompound + `,"password":"wrong"}`,
		},
		"std:authenticate": {"good": `{` + oneCompound + `,"username":"ada","password":"right"}`},
		"std:spec:read":    none,
	},
}

var entitlementLists = map[string]string{
	"good":             `{"type":"group"}`,
	"card":             `{"type":"card"}`,
	"unknown type":     `{"type":"role"}`,
	"stateful, first":  `{"type":"group","stateful":true}`,
	"stateful, second": `{"type":"card","stateful":true,"state":{"cursor":"7"}}`,
}

var simpleCreates = map[string]string{
	"good":              `{"identity":"new","attributes":{"login":"new","mail":"n@library.example","resident":false,"loans":0,"groups":["g1","g2"]}}`,
	"least":             `{"attributes":{"login":"new"}}`,
	"identity null":     `{"identity":null,"attributes":{"login":"new"}}`,
	"results":           `{"attributes":{"login":"new","mail":"refused"}}`,
	"further attribute": `{"attributes":{"login":"new","nick":"n","age":4.5}}`,
	"of the schema":     `{"attributes":{"card":"gold","fines":[0,7],"name.given":"É","joined":-1,"login":"new","id":"7"}}`,
	"with metadata":     `{"attributes":{"login":"new"},"attributesWithMetadata":[{"attribute":"login","value":"new","metadata":{"a":1}}]}`,
	"exists":            `{"attributes":{"login":"1"}}`,
	"required missing":  `{"attributes":{"mail":"n@library.example"}}`,
	"no attributes":     `{"attributes":{}}`,
	"one for a list":    `{"attributes":{"login":"new","groups":"g1"}}`,
	"texts for others":  `{"attributes":{"login":"new","resident":"true","loans":"42"}}`,
	"empty values":      `{"attributes":{"login":"new","mail":"","loans":null,"groups":null}}`,
	"wrong types":       `{"attributes":{"login":"new","resident":"perhaps","loans":"many"}}`,
	"attributes a list": `{"attributes":[]}`,
	"attributes a text": `{"attributes":"x"}`,
}

var simpleUpdates = changes(oneSimple, map[string]string{
	"good":                `{"op":"Set","attribute":"mail","value":"new"}`,
	"none":                ``,
	"several":             `{"op":"Set","attribute":"loans","value":7},{"op":"Add","attribute":"groups","value":"g3"},{"op":"Remove","attribute":"groups","value":"g1"}`,
	"set a list":          `{"op":"Set","attribute":"groups","value":["x"]}`,
	"set a list of none":  `{"op":"Set","attribute":"groups","value":[]}`,
	"set one for a list":  `{"op":"Set","attribute":"groups","value":"x"}`,
	"set null":            `{"op":"Set","attribute":"mail","value":null}`,
	"set false":           `{"op":"Set","attribute":"resident","value":false}`,
	"set further":         `{"op":"Set","attribute":"nick","value":"n"}`,
	"set a dotted name":   `{"op":"Set","attribute":"name.given","value":"É"}`,
	"set a large integer": `{"op":"Set","attribute":"joined","value":-9007199254740991}`,
	"add several":         `{"op":"Add","attribute":"groups","value":["g3","g1","g4"]}`,
	"add one twice":       `{"op":"Add","attribute":"groups","value":"g1"}`,
	"add to a single":     `{"op":"Add","attribute":"mail","value":"new"}`,
	"add numbers":         `{"op":"Add","attribute":"fines","value":[7,0]}`,
	"remove several":      `{"op":"Remove","attribute":"groups","value":["g1","g2"]}`,
	"remove a stranger":   `{"op":"Remove","attribute":"groups","value":"g9"}`,
	"remove a number":     `{"op":"Remove","attribute":"fines","value":-1}`,
	"remove a single":     `{"op":"Remove","attribute":"mail","value":null}`,
	"remove without":      `{"op":"Remove","attribute":"mail"}`,
	"with metadata":       `{"op":"Set","attribute":"mail","value":"new","metadata":{"a":"b"}}`,
	"set a text number":   `{"op":"Set","attribute":"loans","value":"8"}`,
	"set a wrong type":    `{"op":"Set","attribute":"loans","value":"many"}`,
	"unknown operation":   `{"op":"Replace","attribute":"mail","value":"new"}`,
})

var compoundCreates = map[string]string{
	"good":             `{"identity":"c9","attributes":{"holder":"h9","login":"new"}}`,
	"of the schema":    `{"identity":"c9","attributes":{"groups":["g2","g1"],"holder":"h9","login":"new","card":"c10"}}`,
	"no identity":      `{"attributes":{"holder":"h9"}}`,
	"identity null":    `{"identity":null,"attributes":{"holder":"h9"}}`,
	"exists":           `{"identity":"c1","attributes":{"holder":"h9"}}`,
	"required missing": `{"identity":"c9","attributes":{}}`,
}

var compoundUpdates = changes(oneCompound, map[string]string{
	"good": `{"op":"Set","attribute":"login","value":"new"}`,
	"none": ``,
	"add":  `{"op":"Add","attribute":"groups","value":"g2"}`,
})

// changes makes the inputs of updates.
func changes(key string, all map[string]string) map[string]string {
	inputs := make(map[string]string)
	for about, list := range all {
		inputs[about] = `{` + key + `,"changes":[` + list + `]}`
	}
	return inputs
}

// plainRequests are the remaining requests: to no command, and with unusual HTTP.
func plainRequests() []request {
	const good = `{"type":"std:test-connection","input":{},"config":{"token":"right"}}`
	all := []request{
		command("simple", "std:test-connection", "token wrong", `{}`, `{"token":"wrong"}`),
		command("simple", "std:account:lst", "unknown command", `{}`, someConfig),
		command("simple", "STD:TEST-CONNECTION", "unknown command", `{}`, someConfig),
		command("simple", "", "unknown command", `{}`, someConfig),
		exchange("simple/body/type missing", `{"input":{}}`),
		exchange("simple/body/type null", `{"type":null}`),
		exchange("simple/body/type a number", `{"type":5}`),
		exchange("simple/body/type a boolean", `{"type":true}`),
		exchange("simple/body/type an object", `{"type":{}}`),
		exchange("simple/body/further members", `{"connectorRef":"r","version":7,"tag":"latest",`+good[1:]),
		exchange("simple/body/order", `{"input":{},"config":{"token":"wrong"},"type":"std:test-connection"}`),
		exchange("simple/body/type twice", `{"type":"x",`+good[1:]),
		exchange("simple/body/empty object", `{}`),
		exchange("simple/body/list", `[]`),
		exchange("simple/body/null", `null`),
		exchange("simple/body/text", `"text"`),
		exchange("simple/body/number", `5`),
		exchange("simple/body/malformed", `{"type":`),
		exchange("simple/body/text after", good+"x"),
		exchange("simple/body/comment", `{/* */}`),
		exchange("simple/body/control character", "{\"type\":\"a\nb\"}"),
		exchange("simple/body/byte order mark", "\uFEFF"+good),
		exchange("simple/body/spaces", " \r\n\t"+good+"\n"),
		exchange("simple/body/not UTF-8", "{\"type\":\"library:echo\",\"config\":{},\"input\":\"a\xffb\"}"),
		exchange("simple/body/100 KiB", padded(100<<10)),
		exchange("simple/body/over 100 KiB", padded(100<<10+1)),
		{"simple/http/get", http.MethodGet, anyPath, nil, ""},
		{"simple/http/put", http.MethodPut, anyPath, map[string]string{"Content-Type": "application/json"}, good},
		{"simple/http/no body", http.MethodPost, anyPath, nil, ""},
		{"simple/http/no content type", http.MethodPost, anyPath, nil, good},
		{"simple/http/root path", http.MethodPost, "/", map[string]string{"Content-Type": "application/json"}, good},
		{"simple/http/query", http.MethodPost, anyPath + "?a=b", map[string]string{"Content-Type": "application/json"}, good},
		{"simple/http/encoding unknown", http.MethodPost, anyPath, map[string]string{"Content-Type": "application/json", "Content-Encoding": "x"}, good},
		{"simple/http/encoding wrong", http.MethodPost, anyPath, map[string]string{"Content-Type": "application/json", "Content-Encoding": "gzip"}, good},
	}
	for _, contentType := range []string{
		"application/json; charset=utf-8", "APPLICATION/JSON", "application/json; charset=latin1",
		"application/vnd.api+json", "application/x-ndjson", "text/plain", "application/x-www-form-urlencoded",
	} {
		r := exchange("simple/content type/"+strings.ReplaceAll(contentType, "/", " "), good)
		r.headers = map[string]string{"Content-Type": contentType}
		all = append(all, r)
	}
	return all
}

// padded returns a request body of a given size.
func padded(size int) string {
	const head, tail = `{"type":"std:test-connection","input":{"x":"`, `"}}`
	return head + strings.Repeat("x", size-len(head)-len(tail)) + tail
}
