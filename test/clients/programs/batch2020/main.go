package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/services/batch/2020-09-01.12.0/batch"
	"github.com/Azure/go-autorest/autorest"
	"github.com/Azure/go-autorest/autorest/date"
)

func say(op string, err error) {
	line := map[string]any{"operation": op, "passed": err == nil}
	if err != nil {
		line["problem"] = err.Error()
	}
	b, _ := json.Marshal(line)
	fmt.Println(string(b))
}

func step(op string, call func() error) { say(op, call()) }

// The token of the managed identity endpoint, as adal would fetch it.
func token(resource string) string {
	u := os.Getenv("IDENTITY_ENDPOINT") + "?api-version=2019-08-01&resource=" + url.QueryEscape(resource)
	r, _ := http.NewRequest("GET", u, nil)
	r.Header.Set("X-IDENTITY-HEADER", os.Getenv("IDENTITY_HEADER"))
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		panic(err)
	}
	var t struct {
		AccessToken string `json:"access_token"`
	}
	json.NewDecoder(a.Body).Decode(&t)
	return t.AccessToken
}

type bearer string

func (b bearer) OAuthToken() string { return string(b) }

type shared struct{ account, key string }

func (s shared) WithAuthorization() autorest.PrepareDecorator {
	return func(p autorest.Preparer) autorest.Preparer {
		return autorest.PreparerFunc(func(r *http.Request) (*http.Request, error) {
			r, err := p.Prepare(r)
			if err != nil {
				return r, err
			}
			r.Header.Set("ocp-date", time.Now().UTC().Format(http.TimeFormat))
			length := ""
			if r.ContentLength > 0 {
				length = fmt.Sprint(r.ContentLength)
			}
			ocp := []string{}
			for n := range r.Header {
				if strings.HasPrefix(strings.ToLower(n), "ocp-") {
					ocp = append(ocp, strings.ToLower(n)+":"+r.Header.Get(n))
				}
			}
			sort.Strings(ocp)
			text := strings.Join([]string{r.Method, "", "", length, "", r.Header.Get("Content-Type"), "", r.Header.Get("If-Modified-Since"), r.Header.Get("If-Match"), r.Header.Get("If-None-Match"), r.Header.Get("If-Unmodified-Since"), r.Header.Get("Range")}, "\n") + "\n" + strings.Join(ocp, "\n") + "\n/" + s.account + r.URL.EscapedPath()
			q := r.URL.Query()
			names := []string{}
			for n := range q {
				names = append(names, n)
			}
			sort.Strings(names)
			for _, n := range names {
				text += "\n" + strings.ToLower(n) + ":" + strings.Join(q[n], ",")
			}
			k, _ := base64.StdEncoding.DecodeString(s.key)
			h := hmac.New(sha256.New, k)
			h.Write([]byte(text))
			r.Header.Set("Authorization", "SharedKey "+s.account+":"+base64.StdEncoding.EncodeToString(h.Sum(nil)))
			return r, nil
		})
	}
}

func sp(s string) *string { return &s }
func ip(n int32) *int32   { return &n }

func main() {
	ctx := context.Background()
	endpoint := os.Getenv("AZURE_BATCH_ENDPOINT")
	for _, how := range []string{"token", "key"} {
		var auth autorest.Authorizer = autorest.NewBearerAuthorizer(bearer(token("https://batch.core.windows.net/")))
		if how == "key" {
			auth = shared{os.Getenv("AZURE_BATCH_ACCOUNT"), os.Getenv("AZURE_BATCH_ACCESS_KEY")}
		}
		now := func() *date.TimeRFC1123 { return nil }
		id := "go" + how
		pools := batch.NewPoolClient(endpoint)
		jobs := batch.NewJobClient(endpoint)
		tasks := batch.NewTaskClient(endpoint)
		files := batch.NewFileClient(endpoint)
		nodes := batch.NewComputeNodeClient(endpoint)
		schedules := batch.NewJobScheduleClient(endpoint)
		accounts := batch.NewAccountClient(endpoint)
		for _, c := range []*autorest.Client{&pools.Client, &jobs.Client, &tasks.Client, &files.Client, &nodes.Client, &schedules.Client, &accounts.Client} {
			c.Authorizer = auth
			c.RetryAttempts = 1
		}
		until := func(op string, holds func() (bool, error)) {
			step(op, func() error {
				for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
					if ok, err := holds(); ok || err != nil {
						return err
					}
				}
				return fmt.Errorf("not within a minute")
			})
		}
		step(how+" account.ListSupportedImages", func() error {
			_, err := accounts.ListSupportedImages(ctx, "osType eq 'linux'", nil, nil, nil, nil, now())
			return err
		})
		step(how+" pool.Add", func() error {
			_, err := pools.Add(ctx, batch.PoolAddParameter{ID: &id, VMSize: sp("Standard_D2s_v5"), TargetDedicatedNodes: ip(1), TaskSlotsPerNode: ip(2),
				VirtualMachineConfiguration: &batch.VirtualMachineConfiguration{NodeAgentSKUID: sp("batch.node.ubuntu 24.04"), ImageReference: &batch.ImageReference{Publisher: sp("canonical"), Offer: sp("ubuntu-24_04-lts"), Sku: sp("server"), Version: sp("latest")}}}, nil, nil, nil, now())
			return err
		})
		until(how+" pool.Get", func() (bool, error) {
			p, err := pools.Get(ctx, id, "", "", nil, nil, nil, now(), "", "", nil, nil)
			return p.AllocationState == batch.Steady, err
		})
		step(how+" pool.Get stats", func() error {
			_, err := pools.Get(ctx, id, "id,state,stats", "stats", nil, nil, nil, now(), "", "", nil, nil)
			return err
		})
		step(how+" pool.Exists", func() error { _, err := pools.Exists(ctx, id, nil, nil, nil, now(), "", "", nil, nil); return err })
		step(how+" pool.List", func() error { _, err := pools.List(ctx, "", "", "", nil, nil, nil, nil, now()); return err })
		step(how+" pool.GetAllLifetimeStatistics", func() error { _, err := pools.GetAllLifetimeStatistics(ctx, nil, nil, nil, now()); return err })
		step(how+" job.GetAllLifetimeStatistics", func() error { _, err := jobs.GetAllLifetimeStatistics(ctx, nil, nil, nil, now()); return err })
		step(how+" job.Add", func() error {
			_, err := jobs.Add(ctx, batch.JobAddParameter{ID: &id, PoolInfo: &batch.PoolInformation{PoolID: &id}}, nil, nil, nil, now())
			return err
		})
		step(how+" task.Add", func() error {
			_, err := tasks.Add(ctx, id, batch.TaskAddParameter{ID: sp("one"), CommandLine: sp("/bin/sh -c 'echo $AZ_BATCH_TASK_ID; exit 3'")}, nil, nil, nil, now())
			return err
		})
		step(how+" task.AddCollection", func() error {
			list := []batch.TaskAddParameter{}
			for n := 0; n < 40; n++ {
				list = append(list, batch.TaskAddParameter{ID: sp(fmt.Sprint("t", n)), CommandLine: sp("true")})
			}
			r, err := tasks.AddCollection(ctx, id, batch.TaskAddCollectionParameter{Value: &list}, nil, nil, nil, now())
			if err == nil && len(*r.Value) != 40 {
				err = fmt.Errorf("%d", len(*r.Value))
			}
			return err
		})
		until(how+" job.GetTaskCounts", func() (bool, error) {
			c, err := jobs.GetTaskCounts(ctx, id, nil, nil, nil, now())
			return err == nil && *c.TaskCounts.Completed == 41, err
		})
		step(how+" task.Get", func() error {
			t, err := tasks.Get(ctx, id, "one", "", "", nil, nil, nil, now(), "", "", nil, nil)
			if err == nil && *t.ExecutionInfo.ExitCode != 3 {
				err = fmt.Errorf("exit code")
			}
			return err
		})
		step(how+" task.ListComplete, pages", func() error {
			n := 0
			i, err := tasks.ListComplete(ctx, id, "state eq 'completed'", "", "", ip(10), nil, nil, nil, now())
			for ; err == nil && i.NotDone(); err = i.NextWithContext(ctx) {
				n++
			}
			if err == nil && n != 41 {
				err = fmt.Errorf("%d tasks", n)
			}
			return err
		})
		step(how+" file.GetFromTask", func() error {
			r, err := files.GetFromTask(ctx, id, "one", "stdout.txt", nil, nil, nil, now(), "", nil, nil)
			if err != nil {
				return err
			}
			b, err := io.ReadAll(*r.Value)
			if err == nil && string(b) != "one\n" {
				err = fmt.Errorf("%q", b)
			}
			return err
		})
		step(how+" job.Disable", func() error {
			_, err := jobs.Disable(ctx, id, batch.JobDisableParameter{DisableTasks: batch.DisableJobOptionRequeue}, nil, nil, nil, now(), "", "", nil, nil)
			return err
		})
		until(how+" job.Get", func() (bool, error) {
			j, err := jobs.Get(ctx, id, "", "", nil, nil, nil, now(), "", "", nil, nil)
			return j.State == batch.JobStateDisabled, err
		})
		step(how+" job.Enable", func() error { _, err := jobs.Enable(ctx, id, nil, nil, nil, now(), "", "", nil, nil); return err })
		step(how+" job.Terminate", func() error {
			_, err := jobs.Terminate(ctx, id, &batch.JobTerminateParameter{TerminateReason: sp("enough")}, nil, nil, nil, now(), "", "", nil, nil)
			return err
		})
		step(how+" job.Delete", func() error { _, err := jobs.Delete(ctx, id, nil, nil, nil, now(), "", "", nil, nil); return err })
		step(how+" job.Get of one that is not there", func() error {
			_, err := jobs.Get(ctx, "none", "", "", nil, nil, nil, now(), "", "", nil, nil)
			if err == nil || !strings.Contains(err.Error(), "JobNotFound") {
				return fmt.Errorf("%v", err)
			}
			return nil
		})
		step(how+" jobSchedule.Add", func() error {
			_, err := schedules.Add(ctx, batch.JobScheduleAddParameter{ID: sp(id + "s"), Schedule: &batch.Schedule{RecurrenceInterval: sp("PT1H")}, JobSpecification: &batch.JobSpecification{PoolInfo: &batch.PoolInformation{PoolID: &id}}}, nil, nil, nil, now())
			return err
		})
		step(how+" jobSchedule.Delete", func() error {
			_, err := schedules.Delete(ctx, id+"s", nil, nil, nil, now(), "", "", nil, nil)
			return err
		})
		step(how+" computeNode.List", func() error { _, err := nodes.List(ctx, id, "", "", nil, nil, nil, nil, now()); return err })
		step(how+" pool.EnableAutoScale", func() error {
			_, err := pools.EnableAutoScale(ctx, id, batch.PoolEnableAutoScaleParameter{AutoScaleFormula: sp("$TargetDedicatedNodes = 0;")}, nil, nil, nil, now(), "", "", nil, nil)
			return err
		})
		step(how+" pool.EvaluateAutoScale", func() error {
			_, err := pools.EvaluateAutoScale(ctx, id, batch.PoolEvaluateAutoScaleParameter{AutoScaleFormula: sp("$TargetDedicatedNodes = 0;")}, nil, nil, nil, now())
			return err
		})
		step(how+" pool.Delete", func() error { _, err := pools.Delete(ctx, id, nil, nil, nil, now(), "", "", nil, nil); return err })
	}
}
