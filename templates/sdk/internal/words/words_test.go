package words

import "testing"

func TestEnd(t *testing.T) {
	t.Parallel()
	endings := []string{"api key", "token", "id"}
	for name, want := range map[string]bool{
		"apiKey": true, "api_key": true, "API-KEY": true, "APIKey": true, "X-Api-Key": true, "sourceApiKey": true, "api key ": true,
		"key": false, "apikey": false, "rapiKey": false, "apiKeys": false, "keyApi": false, "Key": false, " key": false,
		"token": true, "accessToken": true, "HTTPToken": true, "tokens": false, "TOKEN": true, "betoken": false,
		"id": true, "userID": true, "userId": true, "paid": false, "d": false, "": false, "é id": true, "i": false,
	} {
		if End(name, endings) != want {
			t.Errorf("%q ends with one of %q: %v", name, endings, !want)
		}
	}
}
