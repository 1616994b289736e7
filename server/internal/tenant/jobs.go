package tenant

import (
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

const (
	// jobLifetime is for how long a job can be asked for.
	// Source: auth0/docs-v2 manage-users/user-migration/bulk-user-imports.mdx.
	jobLifetime = 24 * time.Hour
	maxJobs     = 100
)

type jobs struct {
	bounded[string, fixtures.Job]
	count int64 // how many there were
}

func newJobs() jobs { return jobs{newBounded[string, fixtures.Job](maxJobs, nil), 0} }

func (js *jobs) settle(now time.Time) {
	js.removeIf(func(j fixtures.Job) bool { return !now.Before(j.CreatedAt.Add(jobLifetime)) })
}

// AddJob keeps a job that is done, and gives it its id.
func (t *Tenant) AddJob(j fixtures.Job, now time.Time) fixtures.Job {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.jobs.count++
	j.ID, j.CreatedAt = "job_"+t.setup.Seed.Alphanumeric(16, "job", strconv.FormatInt(t.jobs.count, 10)), now
	t.jobs.put(j.ID, j)
	t.noteChange()
	return j
}

// Job returns a job. It must not be changed.
func (t *Tenant) Job(id string, now time.Time) (fixtures.Job, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	j, ok := t.jobs.get(id)
	return j, ok && now.Before(j.CreatedAt.Add(jobLifetime))
}

func (t *Tenant) listJobsLocked() []fixtures.Job {
	var list []fixtures.Job
	for _, j := range t.jobs.all {
		list = append(list, j)
	}
	return list
}
