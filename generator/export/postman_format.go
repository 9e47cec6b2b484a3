package export

// The types of Postman's collection format 2.1, as far as exports need it.
type (
	postmanCollection struct {
		Info     postmanInfo       `json:"info"`
		Item     []postmanItem     `json:"item"`
		Auth     postmanAuth       `json:"auth"`
		Event    []postmanEvent    `json:"event"`
		Variable []postmanVariable `json:"variable"`
	}
	postmanInfo struct {
		ID          string `json:"_postman_id"`
		Name        string `json:"name"`
		Description string `json:"description"`
		Schema      string `json:"schema"`
	}
	// A postmanItem is a folder, or a request.
	postmanItem struct {
		ID          string          `json:"id"`
		Name        string          `json:"name"`
		Description string          `json:"description,omitempty"` // of folders
		Item        []postmanItem   `json:"item,omitempty"`
		Event       []postmanEvent  `json:"event,omitempty"`
		Request     *postmanRequest `json:"request,omitempty"`
		Response    *[]struct{}     `json:"response,omitempty"`
	}
	postmanRequest struct {
		Method      string            `json:"method"`
		Header      []postmanKeyValue `json:"header"`
		Body        postmanBody       `json:"body"`
		URL         postmanURL        `json:"url"`
		Description string            `json:"description"`
	}
	postmanURL struct {
		Raw  string   `json:"raw"`
		Host []string `json:"host"`
	}
	postmanBody struct {
		Mode    string `json:"mode"`
		Raw     string `json:"raw"`
		Options struct {
			Raw struct {
				Language string `json:"language"`
			} `json:"raw"`
		} `json:"options"`
	}
	postmanKeyValue struct {
		Key   string `json:"key"`
		Value string `json:"value"`
		Type  string `json:"type,omitempty"`
	}
	postmanAuth struct {
		Type   string            `json:"type"`
		Bearer []postmanKeyValue `json:"bearer"`
	}
	postmanEvent struct {
		Listen string        `json:"listen"`
		Script postmanScript `json:"script"`
	}
	postmanScript struct {
		ID   string   `json:"id"`
		Type string   `json:"type"`
		Exec []string `json:"exec"`
	}
	postmanVariable struct {
		Key         string `json:"key"`
		Value       string `json:"value"`
		Description string `json:"description,omitempty"`
	}
	postmanEnvironment struct {
		ID     string              `json:"id"`
		Name   string              `json:"name"`
		Values []environmentValues `json:"values"`
		Scope  string              `json:"_postman_variable_scope"`
	}
	environmentValues struct {
		Key     string `json:"key"`
		Value   string `json:"value"`
		Type    string `json:"type"`
		Enabled bool   `json:"enabled"`
	}
)
