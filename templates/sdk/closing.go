package sdk

import (
	"errors"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// closingHeader is sent by a bundle that forwards commands, and sent back by a
// server that answers with a closing line.
const closingHeader = "Connector-Closing-Line"

// closingLine returns the line that ends an answer to a bundle: what the dev
// server says by an error's text or its absence. It tells an answer that is whole
// from one that was cut off on the way, and keeps an error's type and message:
//
//	{"data":{},"type":"end"}
//	{"data":{"type":"notFound","message":"…"},"type":"error"}
//
// Other errors than an [Error] have no type, as the original's own errors.
func closingLine(err error) []byte {
	if err == nil {
		return []byte(`{"data":{},"type":"end"}` + "\n")
	}
	b := []byte(`{"data":{`)
	var typed *Error
	if errors.As(err, &typed) {
		b = append(b, `"type":`...)
		b = append(jsontext.AppendString(b, typed.ErrorType()), ',')
	}
	b = append(b, `"message":`...)
	b = jsontext.AppendString(b, cut.To(err.Error(), cut.Message))
	return append(b, `},"type":"error"}`+"\n"...)
}
