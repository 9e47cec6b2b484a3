package layout

import (
	"bytes"
	"go/format"
	"go/scanner"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// known are snippets that the package formats itself, with jennifer's spaces or none.
var known = []string{
	"// A comment. \n // Another line. \n type T struct{}",
	"type  T  struct {\nA  string\nLonger * bool // a comment\nÜmläut [] sdk.Thing // another\nB map[string] any\n\n\n// C is documented. \n C sdk.Stream [A]\n D int // alone\n}",
	"type T struct{\nA string // one\n}",
	"type I interface{\n// M does. \n M (ctx context.Context,in * T) (T,error)\n\n\nN (_ [] byte) error\n}",
	"type A = sdk.Input [Changes]",
	"const (\n// One. \n A T = \"a\"\nLonger Type = \"b\"\nC T = \"c\"\n)",
	"const (\nA T = \"a\"\n)",
	"const _ = sdk.IsAtLeastVersion3",
	"var a = b . C [D,E] (\"x\",`y`) ",
	"func f (a T,b ... U) (V,error) {\nreturn a,b\n}",
	"func (t * T) M () {\nif err := t . Apply (& a . B);err != nil {\nreturn err\n}\nif a . B != \"\" {\nreturn\n}\nreturn nil\n}",
	"func f (open func (context.Context,Config) (Client,error),opts ... Option) * C {\nreturn New (open,[] H [C] {\nA (x),\n},opts ...)\n}",
	"func f () {\nx (func (taken func (string) bool) (A,error) {\na,err := b [T] (c,& d)\nreturn N (a),err\n})\n}",
	"func f () bool {\nswitch c {\ncase A,B: \nreturn true\ncase C:\nreturn false\n}\nreturn false\n}",
	"func f () int {\nreturn g (-5,12,0.5,-1e+06,2.5e-07)\n}",
	"var s = S {\nA : 1,\nLonger : \"two\",\nNested : & T {\nX : [] U {\n{Name : \"a\",B : true},\n{Name : \"b\"},\n},\nYY : 1,\n},\nZ : [] string {\"a\",\"b\"},\n\nLast : 1,\n}",
	"var s = S {\nA : 1,\n" + strings.Repeat("k", 39) + " : 2,\n" + strings.Repeat("k", 41) + " : 3,\nB : 4,\nC : 5,\n" + strings.Repeat("k", 90) + " : 6,\n" + strings.Repeat("k", 60) + " : 7,\n}",
	"var s = S {\nA : 1,\nBB : \"" + strings.Repeat("x", maxLine) + "\",\nCCC : 2,\nDDDD : 3,\n}",
	"var s = [] I {new (A),new (B)}",
	"const j = `{\n  \"a\": \t1\n}`",
	"package p\n\nimport \"a\"\n\n\n\nvar _ = a.B",
	"// Header. \n\n// Package p is. \npackage p\n\nimport (\n\"a\"\nsdk \"b\"\n)",
	"//tool:settings {\"a\":1}",
	"",
}

// unknownCode is code that the package leaves to go/format.
var unknownCode = []string{
	"func f() {\nfor {\n}\n}",
	"func f() {\ngo g()\n}",
	"func f() int {\nreturn 1+2\n}",
	"var f = 0x1p4",
	"var f = 1.5i",
	"var f = 1E6",
	"var c = 'x'",
	"var a = [5]int{}",
	"/* a comment */\nvar a int",
	"var a=b.(T)",
	"func f() {\nx,ok=<-y\n}",
	"func f() {\n\nreturn\n}",
	"type T struct{\nA int\n\n}",
	"var s = S {\n}",
}

func TestAppend(t *testing.T) {
	t.Parallel()
	for _, code := range append(known, unknownCode...) {
		want, err := format.Source([]byte(code))
		if err != nil {
			t.Fatalf("%v in\n%s", err, code)
		}
		got, err := Append([]byte("before\n"), []byte(code))
		if err != nil {
			t.Error(err)
		}
		if string(got) != "before\n"+string(bytes.TrimSpace(want)) {
			t.Errorf("%.500q gives\n%.2000s\nwant\n%.2000s", code, got, want)
		}
	}
}

// TestKnown: only unknown code goes to go/format.
func TestKnown(t *testing.T) {
	t.Parallel()
	for want, snippets := range map[bool][]string{true: known, false: unknownCode} {
		for _, code := range snippets {
			p := printer{lexer: lexer{code: []byte(code)}}
			if p.print() != want {
				t.Errorf("known is %v for %.500q", !want, code)
			}
		}
	}
}

// TestErrors: code that is not Go is an error.
func TestErrors(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"func f() {", "var a = (b]}", ")", "var s = \"x", "var s = `x", "func f() { x }}", "\x00", "a ? b"} {
		if got, err := Append(nil, []byte(code)); err == nil {
			t.Errorf("%q gives %q", code, got)
		}
	}
}

// TestGolden: the generated code of all golden cases stays as it is, whatever the spacing of its
// tokens, and without go/format.
func TestGolden(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	files := goldenFiles(t)
	if len(files) < 50 {
		t.Fatalf("only %d files", len(files))
	}
	for _, name := range files {
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, spaces := range []func() int{func() int { return 1 }, func() int { return r.IntN(4) }} {
			code := respaced(want, spaces)
			p := printer{lexer: lexer{code: code}}
			if !p.print() {
				t.Errorf("%s: unknown code before\n%.200s", name, code[p.pos:])
			} else if string(p.out)+"\n" != string(want) {
				t.Errorf("%s comes out as\n%s", name, p.out)
			}
		}
	}
}

func goldenFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "golden", "*", "connector", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}

// respaced returns code with different numbers of spaces between its tokens and at the start of its
// lines.
func respaced(code []byte, spaces func() int) []byte {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(code))
	s.Init(file, code, nil, scanner.ScanComments)
	var b bytes.Buffer
	end, word := 0, false
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return b.Bytes()
		}
		if tok == token.SEMICOLON && text == "\n" {
			continue
		}
		if text == "" {
			text = tok.String()
		}
		at := file.Offset(pos)
		n := spaces()
		if tok == token.RBRACK && bytes.HasSuffix(b.Bytes(), []byte("[")) {
			n = 0 // a slice's brackets are one token
		}
		if bytes.HasSuffix(b.Bytes(), []byte("-")) {
			n = 0 // as are a number and its sign
		}
		if isWord := tok.IsKeyword() || tok.IsLiteral(); word && isWord {
			n++
		}
		word = tok.IsKeyword() || tok.IsLiteral()
		b.Write(bytes.Repeat([]byte("\n"), bytes.Count(code[end:at], []byte("\n"))))
		b.Write(bytes.Repeat([]byte(" "), n))
		b.WriteString(text)
		end = at + len(text)
	}
}

func BenchmarkAppend(b *testing.B) {
	var codes [][]byte
	size := 0
	for _, name := range goldenFiles(b) {
		code, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		codes = append(codes, code)
		size += len(code)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, code := range codes {
			if _, err := Append(nil, code); err != nil {
				b.Fatal(err)
			}
		}
	}
}
