package management

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// people are those in which the searches of the tests look.
var people = []fixtures.User{
	{
		UserID: "email|a1", Connection: "email", Email: "ada@example.com", EmailVerified: true, Name: "Ada Lovelace", GivenName: "Ada", FamilyName: "Lovelace",
		CreatedAt: day(2024, 3, 1), UpdatedAt: day(2025, 1, 1), LastLogin: day(2025, 12, 31).Add(23 * time.Hour), LoginsCount: 100,
		AppMetadata:  map[string]any{"plan": "pro", "seats": int64(12), "rate": 0.5},
		UserMetadata: map[string]any{"addresses": []any{map[string]any{"cities": []any{"Paris", "Rome"}}}, "display": map[string]any{"preferredLanguage": "fr"}},
	},
	{
		UserID: "sms|b2", Connection: "sms", PhoneNumber: "+14155550100", PhoneVerified: true, Name: "Alan",
		CreatedAt: day(2015, 1, 1), UpdatedAt: day(2015, 6, 1), LastLogin: day(2025, 12, 1), LoginsCount: 10, Blocked: true,
	},
	{
		UserID: "auth0|c3", Connection: "staff", Email: "grace+w3@other.org", Username: "test-user998", Nickname: "grace",
		CreatedAt: day(2026, 1, 1), UpdatedAt: day(2026, 1, 2),
		AppMetadata: map[string]any{"plan": "pro", "suspended": true, "empty": []any{}, "none": nil},
	},
}

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

// searches are what a q finds: the first 22 are the forms that Auth0's documents and its
// users show, the others are the rest of the grammar.
var searches = []struct{ q, finds string }{
	{`email:"ADA@Example.com"`, "a1"},
	{`email:ada@example.com`, "a1"},
	{`email:ada*`, "a1"},
	{`email.domain:"example.com"`, "a1"},
	{`email:*@example.com`, "a1"},
	{`phone_number:"+14155550100"`, "b2"},
	{`name:*lovelace*`, "a1"},
	{`name:("ada lovelace" OR "alan")`, "a1 b2"},
	{`user_id:"auth0|c3"`, "c3"},
	{`user_id:("auth0|c3" OR "sms|b2")`, "b2 c3"},
	{`identities.connection:"sms"`, "b2"},
	{`identities.provider:"email" AND email_verified:true`, "a1"},
	{`username:"test-user998"`, "c3"},
	{`blocked:true`, "b2"},
	{`NOT _exists_:logins_count OR logins_count:0`, "c3"},
	{`logins_count:[100 TO *]`, "a1"},
	{`last_login:[2025-12-01 TO 2025-12-31]`, "a1 b2"},
	{`updated_at:[2016-01-01 TO *]`, "a1 c3"},
	{`user_metadata.addresses.cities:"Paris"`, "a1"},
	{`_exists_:user_metadata.display.preferredLanguage`, "a1"},
	{`app_metadata.plan:"pro" AND NOT app_metadata.suspended:true`, "a1"},
	{`organization_id:"org_acme"`, "a1 b2"},

	// Whole values, and their case.
	{`user_id:"EMAIL|a1"`, ""},
	{`username:test-user998`, "c3"},
	{`username:"Test-User998"`, ""},
	{`app_metadata.plan:"Pro"`, ""},
	{`app_metadata.rate:0.5`, "a1"},
	{`app_metadata.plan:pr*`, "a1 c3"},
	{`nonsense:"x"`, ""},
	{`blocked:false`, "a1 c3"},
	// Signs and escapes.
	{`phone_number:\+14155550100`, "b2"},
	{`phone_number:+14155550100`, "b2"},
	{`email:grace\+w3@other.org`, "c3"},
	{`email:grace+w3@other.org`, "c3"},
	{`+email:ada* +blocked:false`, "a1"},
	{`app_metadata.plan:"pro" -app_metadata.suspended:true`, "a1"},
	// Operators, groups, and terms without them.
	{`identities.provider:"email" AND NOT email_verified:true`, ""},
	{`email:"ada@example.com" AND email:"grace+w3@other.org"`, ""},
	{`email:"ada@example.com" username:"test-user998"`, "a1 c3"},
	{`(email:ada* OR username:test*) AND app_metadata.plan:pro`, "a1 c3"},
	{`email:ada* || blocked:true`, "a1 b2"},
	{`app_metadata.plan:pro && !app_metadata.suspended:true`, "a1"},
	{`NOT email:ada*`, "b2 c3"},
	{`NOT organization_id:*`, "c3"},
	// Terms without a field.
	{`ada`, "a1"},
	{`ADA`, "a1"},
	{`grace`, "c3"},
	{`Paris`, ""},
	// Ranges, and what is there.
	{`logins_count:{100 TO *]`, ""},
	{`logins_count:[10 TO 100}`, "b2"},
	{`logins_count:[10 TO 100]`, "a1 b2"},
	{`last_login:[2025-12-02 TO 2025-12-31}`, ""},
	{`created_at:[2024-01-01T00:00:00.000Z TO 2024-12-31T00:00:00Z]`, "a1"},
	{`app_metadata.seats:[10 TO 20]`, "a1"},
	{`_exists_:logins_count`, "a1 b2"},
	{`_exists_:organization_id`, "a1 b2"},
	{`_exists_:app_metadata.empty`, ""},
	{`_exists_:app_metadata.none`, ""},
	{`email:* AND email:*`, "a1 c3"},
}

// peopleIn knows the organizations of the people.
var peopleIn = withOrganizations(map[string][]string{"email|a1": {"org_acme", "org_test"}, "sms|b2": {"org_acme"}})

func TestSearch(t *testing.T) {
	t.Parallel()
	for _, s := range searches {
		m, err := peopleIn.search(s.q)
		if err != nil {
			t.Errorf("%s: %v", s.q, err)
			continue
		}
		var found []string
		for i := range people {
			if m(&people[i]) {
				_, id, _ := strings.Cut(people[i].UserID, "|")
				found = append(found, id)
			}
		}
		if got := strings.Join(found, " "); got != s.finds {
			t.Errorf("%s: finds %q, want %q", s.q, got, s.finds)
		}
	}
}

func TestASearchThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	for _, q := range []string{
		`(`, `)`, `email:`, `email:(`, `email:"ada`, `email:[1 TO`, `email:[1 2]`, `email:ada AND`, `NOT`, `a)`, `name:*ab`,
		`user_metadata.a:b*`, `user_metadata.a:[1 TO 2]`, `[1 TO 2]`, `:a`, `phone_number:+`, `}`, strings.Repeat("(", 1000) + "a", strings.Repeat("NOT ", 1000) + "a",
	} {
		if _, err := peopleIn.search(q); !errors.Is(err, refusal.BadSearch) {
			t.Errorf("%.40s: %v", q, err)
		}
	}
}

// A search of any text ends, with a matcher or a refusal.
func FuzzSearch(f *testing.F) {
	for _, q := range []string{`email:"a" AND NOT (b OR c*) +d -e [1 TO 2}`, `\`, `"\`, `a:b:c`, `AND AND`, `name:("a" b)`, `_exists_:`, `_exists_:(a)`, `*`, `a:-1`, `a:-"1"`} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		m, err := peopleIn.search(q)
		if (m == nil) != (err != nil) {
			t.Fatalf("%q: neither a matcher nor a refusal, or both: %v", q, err)
		}
		if err == nil {
			for i := range people {
				m(&people[i])
			}
		}
	})
}

func TestSort(t *testing.T) {
	t.Parallel()
	for sort, want := range map[string]int{"logins_count:1": 1, "logins_count:-1": -1, "email:1": 1, "app_metadata.seats:1": 1} {
		by, ok := sortUsers(sort)
		if got := by(&people[0], &people[1]); !ok || got != want {
			t.Errorf("%s: %d, want %d", sort, got, want)
		}
	}
	for _, sort := range []string{"", "email", "email:2", ":"} {
		if _, ok := sortUsers(sort); ok {
			t.Errorf("%q is taken", sort)
		}
	}
}

func BenchmarkSearchOf100000(b *testing.B) {
	m, err := searchedUsers.search(`email:"user99999@example.com"`)
	if err != nil {
		b.Fatal(err)
	}
	many := make([]fixtures.User, 100_000)
	for i := range many {
		many[i] = fixtures.User{UserID: fmt.Sprint("email|", i), Email: fmt.Sprintf("user%d@example.com", i)}
	}
	for b.Loop() {
		found := 0
		for i := range many {
			if m(&many[i]) {
				found++
			}
		}
		if found != 1 {
			b.Fatal(found)
		}
	}
}
