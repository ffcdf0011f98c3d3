package symptom

import (
	"strings"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/lazyregexp"
)

// environmentWords is two rows: forms of their own find the variable, and the
// texts are those without which none of them fits.
var environmentWords = []word{
	{kind: Environment, signature: signature{cause: MissingVariable, source: "see missingForms", texts: []string{
		"missing", "required", "not ", "unset", "undefined", "empty", "blank", "mandatory", "must", "need", "should", "unbound", "set the", "keyerror", "placeholder", "n't "}}, names: nameMissing},
	{kind: Environment, signature: signature{cause: BadValue, source: "see badForms", texts: []string{
		"invalid", "illegal", "malformed", "bad", "unsupported", "unknown", "unrecognized", "pars", "must", "should", "has to", "not ", "expected", "convert", "bind properties",
		"listen ", "missing", "scheme", "format", "regular expression"}}, names: nameBad},
}

// Parts of the forms below. shouting is the name of a variable that shows by
// itself that it is one; lacking says that something is not there.
const (
	shouting = `\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`
	quotes   = "[\"'`$({<\\[]{0,3}"
	unquotes = "[\"'`)}>\\]]{0,3}"
	given    = `(?:set|defined|found|provided|specified|present|configured|declared|given|exported|supplied|non-empty|nonempty)`
	lacking  = `(?i:(?:(?:is|are|was|were|has|have|had) )?(?:(?:not|never|n't) (?:been |being |currently )?` + given +
		`|(?:is|was)n't ` + given + `|(?:must|need|needs|has|have|should|shall|ought)(?: to)?(?: not)? be (?:` + given + `|not empty|empty|blank)` +
		`|(?:cannot|can not|can't|may not|should not) be (?:empty|blank|undefined|null|nil|unset)|(?:unset|undefined|missing|required|empty|mandatory|blank)\b))`
	envWord = `(?i:env(?:ironment)?[ _-]?(?:var(?:iable)?s?\b|setting))`
)

// form is one way in which programs name a setting.
type form struct {
	source  string
	pattern *lazyregexp.Regexp
}

// missingForms find the variable that a program misses.
var missingForms = []form{
	{"kelseyhightower/envconfig", lazyregexp.New(`required key ([A-Z][A-Z0-9_]*) missing value`)},
	{"caarlos0/env, godotenv, std::env, many", lazyregexp.New(envWord + `:? ?` + quotes + `([A-Za-z_][\w.]*)` + unquotes + `,? ` + lacking)},
	{"Prisma and many", lazyregexp.New(envWord + ` (?i:(?:is |was |are )?(?:not found|not set|missing|required|undefined|not defined|not present))[:=]? ?` + quotes + `([A-Za-z_][\w.]*)`)},
	{"many", lazyregexp.New(`(?i:missing|required|undefined|unset|mandatory|needs|requires|set the|define the|specify the|provide the)(?i: (?:the|an?|required|mandatory|following|config(?:uration)?))* ?` +
		envWord + `(?i: (?:is )?(?:missing|not set|named|called))?[:=]? ?` + quotes + `([A-Z][A-Z0-9_]*)\b`)},
	{"many", lazyregexp.New(quotes + shouting + unquotes + `:? (?i:env(?:ironment)? ?(?:var(?:iable)?)? )?` + lacking)},
	{"many", lazyregexp.New(`(?i:(?:missing|undefined|unset|no)(?: required| mandatory)? (?:config(?:uration)?|settings?|value|env|key|parameter|option|secret|credential)s?(?: value| key| for| variable)?:?) ?` + quotes + shouting)},
	{"django-environ", lazyregexp.New(`[Ss]et the ([A-Z][A-Z0-9_]+) environment variable`)},
	{"python-decouple", lazyregexp.New(`([A-Z][A-Z0-9_]+) not found\. Declare it as envvar`)},
	{"Spring, PropertySourcesPlaceholderConfigurer", lazyregexp.New(`Could not resolve placeholder '([^'\s]{1,120})'`)},
	{"bash, set -u", lazyregexp.New(`: ([A-Za-z_][A-Za-z0-9_]*): unbound variable`)},
	{"POSIX shells, ${X:?}", lazyregexp.New(`: (?:line )?(?:\d+: )?([A-Za-z_][A-Za-z0-9_]*): parameter (?:null or )?not set`)},
	{"Python, os.environ", lazyregexp.New(`KeyError: '` + shouting + `'`)},
	{"Ruby, ENV.fetch", lazyregexp.New(`key not found: "` + shouting + `"`)},
	{"SmallRye Config", lazyregexp.New(`config property "?([\w.\-]+)"? is required but it could not be found`)},
	{"Docker images of PostgreSQL and others", lazyregexp.New(`[Yy]ou must specify ([A-Z][A-Z0-9_]+) to a non-empty value`)},
	{"Spring Boot", lazyregexp.New(`Failed to configure a (DataSource): '\w+' attribute is not specified`)},
}

// badForms find the setting whose value a program cannot use.
var badForms = []form{
	{"kelseyhightower/envconfig", lazyregexp.New(`envconfig\.Process: assigning ([A-Z][A-Z0-9_]*) to \w+: converting`)},
	{"caarlos0/env", lazyregexp.New(`parse error on field "(\w+)" of type "`)},
	{"Go flag", lazyregexp.New(`invalid (?:boolean )?value "[^"]{0,200}" for (?:flag )?(-{1,2}[\w.\-]+)`)},
	{"spf13/pflag", lazyregexp.New(`invalid argument "[^"]{0,200}" for "(?:-\w, )?(--[\w.\-]+)" flag`)},
	{"Python argparse", lazyregexp.New(`error: argument (?:-\w[/,] ?)?(--[\w.\-]+): invalid`)},
	{"many", lazyregexp.New(`(?i:invalid|illegal|malformed|bad|unsupported|unknown|unrecognized)(?i: (?:value|setting|format|type|number|integer|boolean|bool|duration|url|uri|port|address|dsn|log level|level))(?: (?:"[^"]{0,200}"|'[^']{0,200}'|\S{1,200}))??,? (?i:for|of|in|on|from)(?i: the)?(?i: required)? ` +
		`(?i:env(?:ironment)?(?: ?var(?:iable)?)?|variable|option|setting|property|key|parameter|flag|config(?:uration)?(?: key| option| value)?):? ` + quotes + `([A-Za-z_\-][\w.\-]*)`)},
	{"many", lazyregexp.New(`(?i:invalid|illegal|malformed|bad|cannot parse|can't parse|could not parse|failed to parse|unable to parse|error parsing|parsing)(?: [\w/:"' .\-]{1,80}?)?(?::| for| in| of| from|=)? ?` + quotes + shouting + `\b`)},
	{"many", lazyregexp.New(shouting + unquotes + `(?::| has| is|=\S{0,120}(?: is|:)?)(?i: an?)?(?i: value)? ?(?i:invalid|malformed|not (?:a |an )?(?:valid|integer|number|numeric|boolean|url|duration)|must be|should be|expected)`)},
	{"many", lazyregexp.New(shouting + unquotes + ` (?i:must|should|has to) be (?i:an? |in )?(?i:valid|positive|non-negative|integer|number|numeric|boolean|bool|url|uri|duration|port|one of|true|between|greater|less|the range|at least)`)},
	{"Spring Boot, ConfigurationPropertiesBinding", lazyregexp.New(`Failed to bind properties under '([^'\s]{1,120})'`)},
	{"Go net", lazyregexp.New(`listen (?:tcp|udp)[46]?: (?:lookup (?:tcp|udp)/(?:[^:\s]+): (?:unknown port|Servname)|address [^:\s]*:? ?[^\s:]*: (?:missing port in address|invalid port|too many colons))`)},
	{"Node.js", lazyregexp.New(`ERR_SOCKET_BAD_PORT|ERR_INVALID_URL|Invalid URL$`)},
	{"pgx, SQLAlchemy", lazyregexp.New(`failed to parse as (?:DSN|URL|keyword/value)|Could not parse (?:SQLAlchemy|rfc1738) URL`)},
}

// loose are errors of parsers that may be of a setting or of data: they count
// with the name of a variable, or a word for settings, in the line or, in a
// stack trace, in the lines before it.
var loose = lazyregexp.New(`strconv\.\w+: parsing |time: (?:invalid duration|missing unit in duration|unknown unit)|invalid literal for int\(\)|could not convert string to float|missing protocol scheme` +
	`|invalid port "[^"]*" after host|first path segment in URL cannot contain colon|NumberFormatException|quantities must match the regular expression|FormatException: |invalid digit found in string`)

var (
	shoutingName = lazyregexp.New(`(?:^|[^\w])` + shouting + `(?:$|[^\w])`)
	settingWord  = lazyregexp.New(`(?i)\b(?:env(?:ironment)?|config(?:uration)?|settings?|flag|option|variable)\b`)
	// readsEnv is how programs in a stack trace read a variable.
	readsEnv  = lazyregexp.New(`(?:os\.environ(?:\.get)?|os\.getenv|getenv|ENV(?:\.fetch)?|process\.env|env::var|Environment\.GetEnvironmentVariable|System\.getenv|os\.Getenv)[\[(.]{1,2}["']?([A-Za-z_]\w*)`)
	quotedKey = lazyregexp.New(`(?:KeyError: '|key not found: ")(\w+)['"]`)
	// notVariables begin names in capitals that are codes of errors.
	notVariables = lazyregexp.New(`^(?:ERR|ERROR|SQLSTATE|SSL_ERROR|HTTP|EAI|ORA|ER|E|STATUS|SIG|UND_ERR|CERT|UNABLE|DEPTH_ZERO|SELF_SIGNED|PERMISSION|INVALID|DEADLINE|NOT|ACCESS|RESOURCE|FAILED|BAD|UNSUPPORTED|CONNECTION|TLS|CLIENT|MODULE)_`)
	codeError    = lazyregexp.New(`ReferenceError|NameError|SyntaxError|undefined local variable|undefined method`)
)

func nameMissing(h *hearing, i int, s *said) bool {
	text := h.lines[i].text
	if codeError.MatchString(text) {
		return false
	}
	for _, f := range missingForms {
		if name := strings.TrimRight(firstName(f.pattern, text), "."); name != "" && !notVariables.MatchString(name) && !isWord(name) {
			s.item = name
			return true
		}
	}
	if m := quotedKey.FindStringSubmatch(text); m != nil && h.environmentBefore(i) != "" {
		s.item = m[1]
		return true
	}
	return false
}

func nameBad(h *hearing, i int, s *said) bool {
	text := h.lines[i].text
	for _, f := range badForms {
		m := f.pattern.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if len(m) == 1 { // the text names no variable, and is of nothing else
			return true
		}
		if !notVariables.MatchString(m[1]) && !isWord(m[1]) {
			s.item = m[1]
			return true
		}
	}
	if !loose.MatchString(text) {
		return false
	}
	if s.item = firstName(shoutingName, text); s.item == "" || notVariables.MatchString(s.item) {
		s.item = h.environmentBefore(i)
	}
	return s.item != "" || settingWord.MatchString(text)
}

func firstName(form *lazyregexp.Regexp, text string) string {
	if m := form.FindStringSubmatch(text); len(m) > 1 {
		return m[1]
	}
	return ""
}

// isWord refuses what stands where a name would, and is a plain word.
func isWord(name string) bool {
	switch strings.ToLower(name) {
	case "is", "are", "was", "not", "and", "or", "the", "a", "an", "for", "in", "of", "to", "value", "values", "named", "called", "file", "must", "should", "variable", "variables",
		"config", "configuration", "with", "from", "at", "but", "expected", "must_be", "true", "false", "null", "nil", "none", "could", "cannot", "has", "have", "missing", "required":
		return true
	}
	return false
}

// before is how many lines of a stack trace are looked at for a variable.
const before = 8

// environmentBefore is the variable that the code above a line reads.
func (h *hearing) environmentBefore(i int) string {
	for j := i; j >= 0 && i-j <= before; j-- {
		if m := readsEnv.FindStringSubmatch(h.lines[j].text); m != nil {
			return m[1]
		}
	}
	return ""
}
