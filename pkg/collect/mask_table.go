package collect

import "github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"

// Parts of the patterns. A value stands in quotes, which are escaped where JSON
// stands in JSON, or goes to the next blank or delimiter.
const (
	quoteIn   = `(?:\\*["'])?`
	valueIn   = `(\\+"[^"\\]*\\*"?|"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"'&,;)}\\]+)`
	secretKey = `(?:secret|token|(?:api|access|account|auth|encryption|private|signing)[_-]?key)(?:[_-]?(?:key|base|value))*`
	generated = `[A-Za-z0-9._~+/=-]*\d[A-Za-z0-9._~+/=-]{7,}`
)

var secretMasks = []mask{
	{[]string{"://"}, lazyregexp.New(`(://[^/\s:@"'<>]*):(?:[^/\s"'<>]*[^/\s"'<>\d][^\s"'<>]*|\d+)@`), "$1:***@"},
	{[]string{"://"}, lazyregexp.New(`(://)[^/\s:@"'<>]{16,}@`), "$1***@"},
	{[]string{"?s", "?x", "?a", "?k", "?c", "?j", "?p", "&s", "&x", "&a", "&k", "&c", "&j", "&p"}, lazyregexp.New(`(?i)([?&](?:sig|signature|x-amz-signature|auth|key|code|jwt|pass|pw)=)[^\s&"'<>]+`), "$1***"},
	{[]string{"passw", "passphrase", "pwd"}, lazyregexp.New(`(?i)((?:passw(?:or)?d|passwd|passphrase|\bpwd)` + quoteIn + `\s*[=:]\s*)` + valueIn), "$1***"},
	{[]string{"pass=", "pass ="}, lazyregexp.New(`(?i)(\bpass\s*=\s*)` + valueIn), "$1***"},
	{[]string{"secret", "token", "key"}, lazyregexp.New(`(?i)(` + secretKey + quoteIn + `\s*=\s*)` + valueIn), "$1***"},
	{[]string{"secret", "token", "key"}, lazyregexp.New(`(?i)(` + secretKey + `\\*["']\s*:\s*)(\\+"[^"\\]*\\*"?|"(?:[^"\\]|\\.)*"?|'[^']*'?)`), "$1***"},
	// Behind a colon only what looks generated: "invalid_token: authorization
	// failed" is a message, not a token.
	{[]string{"secret", "token", "key"}, lazyregexp.New(`(?i)(` + secretKey + quoteIn + `:\s*["']?)` + generated), "$1***"},
	// Flags of commands, as kubelets tell them of probes.
	{[]string{"passw", "pass", "pwd", "secret", "token", "key"},
		lazyregexp.New(`(?i)([\s"'\[]--?[a-z-]*(?:passw(?:or)?d|passwd|passphrase|pass|pwd|secret|token|(?:api|access|secret)-?key)["',\s]+)[^\s"',;)}\]]+`), "$1***"},
	{[]string{"curl", "wget"}, lazyregexp.New(`(\b(?:curl|wget)\b[^|;\n]*?\s["']?(?:-u|--user)[=",'\s]*[^\s:"'=]+:)[^\s"',]+`), "$1***"},
	{[]string{"redis-cli", "sshpass"}, lazyregexp.New(`(\b(?:redis-cli|sshpass)\b[^|;\n]*?\s["']?-[ap]["',\s]*)[^\s"',]+`), "$1***"},
	{[]string{"mysql", "mariadb"}, lazyregexp.New(`(\b(?:mysql|mariadb)\w*(?:-\w+)?\b[^|;\n]*?\s["']?-p)[^\s"',]+`), "$1***"},
	{[]string{"bearer", "basic", "negotiate"}, lazyregexp.New(`(?i)(bearer|basic|negotiate)\s+[A-Za-z0-9._~+/=-]{8,}`), "$1 ***"},
	{[]string{"authorization"}, lazyregexp.New(`((?i:authorization)` + quoteIn + `\s*[:=]\s*\\*["']?(?:\w+\s+)?)[a-z._~+/-]*[A-Z0-9=][A-Za-z0-9._~+/=-]{7,}`), "$1***"},
	{[]string{"cookie"}, lazyregexp.New(`(?i)(cookie["']?:\s*)[^\r\n]+`), "$1***"},
	{[]string{"eyJ"}, lazyregexp.New(`\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*`), "***"},
	{[]string{"private key"}, lazyregexp.New(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`), "***"},
	// The forms by which issuers of keys have theirs found.
	{[]string{"akia", "asia"}, lazyregexp.New(`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`), "***"},
	{[]string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "npm_", "pypi-", "dckr_pat_"},
		lazyregexp.New(`\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w.-]{16,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{30,}|dckr_pat_[\w-]{16,})`), "***"},
	{[]string{"xox", "sk-", "sk_", "rk_", "aiza", "ya29.", "sg.", "dop_v1_"},
		lazyregexp.New(`\b(?:xox[abeoprs]-[\w-]{10,}|sk-(?:[a-z]+-)?[A-Za-z0-9_]{20,}[\w-]*|[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|AIza[\w-]{30,}|ya29\.[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|dop_v1_[0-9a-f]{40,})`), "***"},
	{[]string{"hvs.", "hvb.", "hvr."}, lazyregexp.New(`\bhv[sbr]\.[\w-]{20,}`), "***"},
	{[]string{"hooks.slack.com/", "/api/webhooks/", "api.telegram.org/"}, lazyregexp.New(`(hooks\.slack\.com/\w+/|/api/webhooks/|api\.telegram\.org/bot)[^\s"'<>]*[\w-]`), "$1***"},
}
