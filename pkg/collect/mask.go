package collect

import (
	"regexp"
	"strings"
)

// secretHints are the words without which no mask can match: most messages
// hold none of them and cost one scan.
var secretHints = []string{"://", "passw", "secret", "token", "apikey", "api_key", "api-key", "bearer", "authorization", "private key", "akia"}

var secretMasks = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`(://[^/\s:@]*):[^/\s@]+@`), "$1:***@"},
	{regexp.MustCompile(`(?i)((?:passw(?:or)?d|passwd)["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s"'&,;)}]+)`), "$1***"},
	{regexp.MustCompile(`(?i)((?:secret|token|api[_-]?key|access[_-]?key)["']?=)("[^"]*"|'[^']*'|[^\s"'&,;)}]+)`), "$1***"},
	// Behind a colon only what looks generated: "invalid_token: authorization
	// failed" is a message, not a token.
	{regexp.MustCompile(`(?i)((?:secret|token|api[_-]?key|access[_-]?key)["']?:\s*["']?)[A-Za-z0-9._~+/=-]*\d[A-Za-z0-9._~+/=-]{7,}`), "$1***"},
	{regexp.MustCompile(`(?i)(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}`), "$1 ***"},
	{regexp.MustCompile(`\bAKIA[0-9A-Z]{16}\b`), "***"},
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*`), "***"},
	{regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`), "***"},
}

// maskText replaces what looks like a credential in a text that applications
// or users wrote.
func maskText(text string) string {
	if !hasSecretHint(text) {
		return text
	}
	for _, m := range secretMasks {
		text = m.pattern.ReplaceAllStringFunc(text, func(found string) string {
			if plainValue.MatchString(found) {
				return found
			}
			return m.pattern.ReplaceAllString(found, m.with)
		})
	}
	return text
}

// plainValue matches what stands where a secret would and says that there is
// none: MySQL's "(using password: YES)", "DB_PASSWORD: undefined".
var plainValue = regexp.MustCompile(`(?i)[=:]\s*["']?(?:yes|no|true|false|undefined|null|nil|none|required|missing|empty|unset|must|invalid)["']?$`)

func hasSecretHint(text string) bool {
	if len(text) < 8 {
		return false
	}
	lower := strings.ToLower(text)
	for _, h := range secretHints {
		if strings.Contains(lower, h) {
			return true
		}
	}
	return strings.Contains(text, "eyJ")
}
