package browser

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// attack is the code that each hostile text tries to run.
const attack = `globalThis.attacked=1`

// hostileTexts try to run code, to reach another site, to imitate the page, or to break it. RUN
// stands for code.
var hostileTexts = []string{
	`<script>RUN</script>`,
	`<script src="https://evil.example/x.js"></script>`,
	`<scr<script>ipt>RUN</scr</script>ipt>`,
	`<img src=x onerror="RUN">`,
	`<img src="https://evil.example/x.png" srcset="https://evil.example/y.png 2x">`,
	`<IMG """><SCRIPT>RUN</SCRIPT>">`,
	`<svg onload="RUN"><script>RUN</script><animate onbegin="RUN" attributeName=x dur=1s></svg>`,
	`<svg><a xlink:href="javascript:RUN"><text y=20>x</text></a><use href="https://evil.example/x.svg#y"></use></svg>`,
	`<svg><p><style><img src=x onerror="RUN"></style></p></svg>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=RUN&gt;">`,
	`<math href="javascript:RUN"><mtext>x</mtext></math>`,
	`<iframe srcdoc="<script>parent.RUN</script>"></iframe>`,
	`<iframe src="javascript:parent.RUN"></iframe><iframe src="https://evil.example/"></iframe>`,
	`<a href="javascript:RUN">x</a> <a href=" java&#10;script:RUN">x</a> <a href="&#x01;javascript:RUN">x</a>`,
	`<a href="data:text/html,<script>RUN</script>">x</a> <a href="vbscript:RUN">x</a> <a href="blob:https://evil.example/x">x</a>`,
	`<a href="//evil.example">x</a> <a href="/api/state">x</a> <a href="file:///etc/passwd">x</a> <a href="#/problems">x</a>`,
	`<a href="https://good.example/?a=1" target="_top" onclick="RUN" style="position:fixed;inset:0" ping="https://evil.example" download>good</a>`,
	`<form action="https://evil.example"><input name="token" autofocus onfocus="RUN"><button formaction="javascript:RUN">Save</button></form>`,
	`<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/"><link rel="stylesheet" href="https://evil.example/x.css">`,
	`<style>@import "https://evil.example/x.css"; body { display: none }</style>`,
	`<p style="position:fixed;inset:0;background:url(https://evil.example/x)">over everything</p>`,
	`<p id="app" name="main" class="toast dialog" role="alert" data-path='["plain"]' contenteditable autofocus tabindex=1>named</p>`,
	`<a id="sessionStorage" name="location"></a><img name="body"><form id="documentElement"><input name="attributes"></form>`,
	`<template><script>RUN</script></template><noscript><p title="</noscript><img src=x onerror=RUN>">`,
	`<object data="https://evil.example/x"></object><embed src="https://evil.example/x"><video src=x onerror="RUN" autoplay></video><audio src=x onerror="RUN">`,
	`<details open ontoggle="RUN"><summary>x</summary></details><marquee onstart="RUN">x</marquee><b onmouseover="RUN" onfocus="RUN" tabindex=0>x</b>`,
	`<select><option><script>RUN</script></select><textarea></textarea><script>RUN</script>`,
	`<!--><img src=x onerror="RUN">--><![CDATA[<img src=x onerror="RUN">]]><?xml <img src=x onerror="RUN"> ?>`,
	`<x-custom is="y" onclick="RUN">custom</x-custom><dialog open>dialog</dialog><slot></slot>`,
	`</div></div></main></body></html><script>RUN</script>`,
	`<b>unclosed <a href="https://good.example" onclick="RUN`,
	`<plaintext>the rest <script>RUN</script>`,
	`&lt;script&gt;RUN&lt;/script&gt;`,
	`{"type":"img","props":{"src":"x","onerror":"RUN"},"__v":1}`,
	strings.Repeat("<b>", 3000) + "deep",
	strings.Repeat("<a href=https://good.example><p>", 400),
}

// hostileSpec is a spec with hostile texts everywhere.
func hostileSpec(t *testing.T) []byte {
	t.Helper()
	type object = map[string]any
	item := func(n int, text string) object {
		return object{"key": fmt.Sprintf("item%d", n), "label": text, "type": "text", "helpKey": text, "placeholder": text}
	}
	var sections, cards, fields, attributes []object
	for n, text := range hostileTexts {
		text = strings.ReplaceAll(text, "RUN", attack)
		radio := object{
			"key": fmt.Sprintf("radio%d", n), "label": text, "type": "radio", "helpMessage": text,
			"options": []object{{"label": text, "value": text[:min(len(text), 300)], "docLink": "https://good.example/" + text, "docLinkLabel": text}, {"label": "b", "value": "b", "docLink": "javascript:" + attack}},
		}
		sections = append(sections, object{
			"type": "section", "sectionTitle": text, "sectionHelpMessage": text, "docLink": "javascript:" + attack + "//https://good.example", "docLinkLabel": text,
			"items": []object{item(n, text), radio},
		})
		cards = append(cards, item(n, text))
		attributes = append(attributes, object{"name": fmt.Sprintf("a%d", n), "type": "string", "description": text})
		fields = append(fields, object{
			"key": fmt.Sprintf("a%d", n), "label": text, "type": "string", "required": false,
			"initialValue": object{"type": "static", "attributes": object{"value": text}},
		})
	}
	title := strings.ReplaceAll(`<img src=x onerror="RUN">`, "RUN", attack)
	text, err := json.Marshal(object{
		"name": title, "keyType": "simple",
		"commands": []string{"std:test-connection", "std:account:list", "std:account:create"},
		"sourceConfig": []object{
			{"type": "menu", "label": title, "items": sections},
			{"type": "menu", "label": "Cards", "items": []object{{"type": "section", "sectionTitle": "s", "items": []object{{
				"key": "cards", "label": title, "type": "cardList", "titleKey": "item0", "subtitleKey": "item1", "buttonLabel": title,
				"subMenus": []object{{"label": title, "items": cards}},
			}}}}},
		},
		"sourceConfigInitialValues": object{"item0": title, "radio0": "other " + title},
		"accountSchema":             object{"displayAttribute": "a0", "identityAttribute": "a0", "attributes": attributes},
		"accountCreateTemplate":     object{"fields": fields},
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// oddElements finds elements that help texts must not create, elements with more attributes than
// the page sets, and links to anything but the web or another page.
const oddElements = `(() => {
	const tags = new Set(["P", "BR", "B", "STRONG", "I", "EM", "UL", "OL", "LI", "CODE", "A", "SPAN"]);
	const own = { A: ["href", "target", "rel"], SPAN: ["class"], DIV: ["class", "id"] };
	const inHelp = [...document.querySelectorAll(":is(.help, .section-help, .doc-link, .undocumented) *")];
	const odd = inHelp.filter((e) => !(tags.has(e.tagName) || e.matches(".undocumented, .help > em, .doc-link")) || [...e.attributes].some((a) => !own[e.tagName]?.includes(a.name)));
	const links = [...document.querySelectorAll("a")].filter((a) => !/^(https?:\/\/good\.example|#|https:\/\/\S+$)/.test(a.getAttribute("href")) || /evil/.test(a.host) || /^http/.test(a.getAttribute("href")) && (a.target !== "_blank" || !a.rel.split(" ").includes("noopener")));
	const foreign = [...document.querySelectorAll("main :is(script, style, iframe, object, embed, form, base, meta, link, img, video, audio, template, noscript, [style], [onclick], [onerror], [autofocus])")];
	return [...new Set([...odd, ...links, ...foreign])].map((e) => e.outerHTML.slice(0, 200));
})()`

// TestHostileHelp: help texts, and all other texts of a spec, are drawn and do nothing.
func TestHostileHelp(t *testing.T) {
	t.Parallel()
	spec := hostileSpec(t)
	if readSpec(spec) == nil {
		t.Fatal("conngen refuses the spec, so no page would show it")
	}
	p := open(t, newBench(t, spec).address("/form"))
	p.waitDrawn()
	check := func(what string) {
		t.Helper()
		if eval[bool](p, `"attacked" in globalThis`) {
			t.Errorf("%s: a text of the spec runs", what)
		}
		if odd := eval[[]string](p, oddElements); len(odd) > 0 {
			t.Errorf("%s: %q", what, odd)
		}
		if shown := eval[string](p, `document.querySelector("main").innerText`); strings.Contains(shown, "[object Object]") {
			t.Errorf("%s shows an object", what)
		}
	}
	for _, menu := range eval[[]string](p, `[...document.querySelectorAll(".source-side nav a")].map((a) => a.hash)`) {
		p.route(menu)
		check(menu)
	}
	p.route("#/form/cards")
	eval[chromedp.Void](p, `void document.querySelector("main .cards > .pill").focus()`)
	p.press(kb.Enter)
	p.waitFor("dialog[open] .card-form")
	if got := eval[int](p, `document.querySelectorAll("dialog[open] .help").length`); got < len(hostileTexts)-5 {
		t.Errorf("the dialog has %d help texts", got)
	}
	check("the dialog of a card")
	p.press(kb.Escape)
	for _, fragment := range []string{"#/create", "#/overview", "#/commands", "#/problems"} {
		p.route(fragment)
		check(fragment)
	}
	if good := eval[int](p, `import("./sanitize.js").then((m) => JSON.stringify(m.helpParts('<p>a <a href="https://good.example" onclick="x">b</a></p>')) === '[{"tag":"p","children":["a ",{"tag":"a","href":"https://good.example/","children":["b"]}]}]' ? 1 : 0)`); good != 1 {
		t.Error("what is allowed is not drawn")
	}
}
