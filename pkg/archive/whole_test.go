package archive_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/archive"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/collect"
)

// everything has what recordings have not, once each, in forms that are hard to
// write back.
const everything = `
apiVersion: v1
kind: Pod
metadata:
  {name: web-1, namespace: shop, uid: u1, creationTimestamp: "2026-01-02T10:00:00Z", deletionTimestamp: "2026-01-02T11:00:30Z", deletionGracePeriodSeconds: 30,
   annotations: {kubernetes.io/config.mirror: x, kubectl.kubernetes.io/restartedAt: "2026-01-02T09:00:00Z"}, labels: {app: web},
   ownerReferences: [{kind: ReplicaSet, name: web, uid: r1, controller: true}]}
spec:
  nodeName: n1
  hostNetwork: true
  priorityClassName: high
  serviceAccountName: web
  resources: {limits: {memory: 1G}}
  securityContext: {runAsUser: 1000, fsGroup: 7, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  imagePullSecrets: [{name: regcred}]
  nodeSelector: {disk: ssd}
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions: [{key: zone, operator: In, values: [a, b]}, {key: gpu, operator: Exists}]
        - matchFields: [{key: metadata.name, operator: In, values: [n1]}]
  topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]
  tolerations: [{key: a, operator: Equal, value: b, effect: NoSchedule}, {operator: Exists}]
  initContainers:
  - {name: wait, image: busybox, command: [sh, -c, "until nc -z -w 2 db.shop 5432; do curl http://cache:80/x; sleep 1; done"]}
  - {name: mesh, image: mesh, restartPolicy: Always, args: [--upstream=api.shop.svc:8080], env: [{name: DB, value: "postgres://u:hunter2hunter2@db:5432/x"}]}
  containers:
  - name: web
    image: web:1
    imagePullPolicy: Always
    command: [web]
    args: ["--peer", "http://[fd00::1]:80/", "--x=$(DB)", "https://peer.example"]
    ports: [{containerPort: 80, hostPort: 8080, protocol: TCP}]
    env:
    - {name: DB, value: "postgres://u:hunter2hunter2@db:5432/x"}
    - {name: EMPTY, value: ""}
    - {name: HOSTS, value: "a.x:1,b.x:2,http://$(H):3"}
    - {name: CM, valueFrom: {configMapKeyRef: {name: cm, key: k, optional: true}}}
    - {name: SEC, valueFrom: {secretKeyRef: {name: sec, key: k}}}
    - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
    - {name: LIM, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
    envFrom: [{configMapRef: {name: all}}, {secretRef: {name: allsec, optional: true}}]
    resources: {limits: {cpu: "1.5", memory: 131072Ki, nvidia.com/gpu: 1}, requests: {cpu: 100m, memory: 100M, nvidia.com/gpu: 1, ephemeral-storage: 1Gi}}
    securityContext: {runAsGroup: 3, privileged: false, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {add: [NET_ADMIN], drop: [ALL]}}
    readinessProbe: {httpGet: {path: /ready, port: http}, initialDelaySeconds: 1, periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 4}
    livenessProbe: {tcpSocket: {port: 5432}}
    startupProbe: {grpc: {port: 9000}}
    volumeMounts:
    - {name: c, mountPath: /c, subPath: f}
    - {name: s, mountPath: /s}
    - {name: both, mountPath: /both}
    - {name: p, mountPath: /p}
    - {name: e, mountPath: /e}
    - {name: h, mountPath: /h}
    - {name: kube-api-access-x, mountPath: /var/run}
  - {name: side, image: "side:1", livenessProbe: {exec: {command: [x]}}, env: [{name: DB, value: "mysql://other:3306"}, {name: CM2, valueFrom: {configMapKeyRef: {name: cm, key: k, optional: true}}}], envFrom: [{configMapRef: {name: late}}]}
  volumes:
  - {name: s0, secret: {secretName: first}}
  - {name: c, configMap: {name: files, items: [{key: f, path: f}, {key: g, path: g}]}}
  - {name: both, projected: {sources: [{configMap: {name: pc}}, {secret: {name: ps, items: [{key: k, path: k}]}}, {configMap: {name: pc2, optional: true}}]}}
  - {name: s, secret: {secretName: last, optional: true}}
  - {name: p, persistentVolumeClaim: {claimName: data}}
  - {name: e, emptyDir: {}}
  - {name: h, hostPath: {path: /x}}
  - {name: kube-api-access-x, projected: {sources: [{configMap: {name: kube-root-ca.crt}}]}}
status:
  phase: Running
  reason: R
  message: said
  podIP: 10.0.0.1
  qosClass: Burstable
  startTime: "2026-01-02T10:00:01Z"
  conditions: [{type: Ready, status: "False", reason: X, message: m, lastTransitionTime: "2026-01-02T10:00:02Z"}]
  initContainerStatuses: [{name: wait, state: {terminated: {exitCode: 0, startedAt: "2026-01-02T10:00:01Z", finishedAt: "2026-01-02T10:00:02Z"}}}, {name: mesh, state: {running: {startedAt: "2026-01-02T10:00:01Z"}}, ready: true}]
  containerStatuses:
  - {name: web, image: web:1, imageID: sha, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff, message: back-off}}, lastState: {terminated: {exitCode: 137, reason: OOMKilled, message: killed, finishedAt: "2026-01-02T10:10:00Z"}}, resources: {limits: {memory: 64Mi, cpu: 250m}}}
  ephemeralContainerStatuses: [{name: debug, state: {}}]
---
apiVersion: v1
kind: Event
metadata: {name: e1, namespace: shop, creationTimestamp: "2026-01-02T10:00:00Z", annotations: {offending_containers: web, starved_resource: memory}}
involvedObject: {kind: Pod, namespace: shop, name: web-1, uid: u1, fieldPath: "spec.initContainers{wait}"}
reason: Evicted
type: Warning
message: "(combined from similar events): low on resource: memory"
eventTime: "2026-01-02T10:00:00.123456Z"
series: {count: 7, lastObservedTime: "2026-01-02T10:05:00.654321Z"}
reportingController: kubelet
source: {component: kubelet, host: n1}
---
apiVersion: v1
kind: Event
metadata: {name: e2, namespace: default}
involvedObject: {kind: Node, name: n1, uid: n1}
reason: Rebooted
message: rebooted
firstTimestamp: "2026-01-02T09:00:00Z"
lastTimestamp: "2026-01-02T09:01:00Z"
count: 2
---
apiVersion: v1
kind: Node
metadata: {name: n1, creationTimestamp: "2026-01-01T10:00:00Z", labels: {zone: a}, managedFields: [{manager: kubectl, time: "2026-01-02T08:00:00Z", fieldsV1: {"f:spec": {"f:unschedulable": {}}}}]}
spec: {unschedulable: true, taints: [{key: k, value: v, effect: NoExecute, timeAdded: "2026-01-02T08:00:00Z"}]}
status: {allocatable: {cpu: 3920m, memory: 12345678Ki, pods: "110", hugepages-1Gi: "0"}, conditions: [{type: Ready, status: "True", reason: KubeletReady, message: ok}], nodeInfo: {kernelVersion: "6", osImage: os, containerRuntimeVersion: cri, kubeletVersion: v1, architecture: amd64, bootID: b}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, generation: 3, labels: {argocd.argoproj.io/instance: shop}, annotations: {deployment.kubernetes.io/revision: "4"}, managedFields: [{manager: a, time: "2026-01-02T08:00:00Z"}, {manager: b, subresource: scale, time: "2026-01-02T08:01:00Z"}]}
spec: {replicas: 0, paused: true, selector: {matchLabels: {app: web}}, template: {metadata: {annotations: {kubectl.kubernetes.io/restartedAt: now}}, spec: {containers: [{name: web, image: "web:1"}]}}}
status: {observedGeneration: 2, replicas: 1}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-a, namespace: shop, labels: {pod-template-hash: a}, annotations: {deployment.kubernetes.io/revision: "4", deployment.kubernetes.io/revision-history: "1,2", kubernetes.io/change-cause: because}, ownerReferences: [{kind: Deployment, name: web, controller: true}]}
spec: {replicas: 2, template: {spec: {containers: [{name: web, image: "web:0"}]}}}
status: {readyReplicas: 1, conditions: [{type: ReplicaFailure, status: "True", message: quota}]}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: alone, namespace: shop, ownerReferences: []}
spec: {replicas: 2, template: {spec: {containers: [{name: web, image: "web:0"}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop, annotations: {meta.helm.sh/release-name: db}, ownerReferences: [{kind: Postgres, name: main, uid: m, controller: true}]}
spec: {template: {spec: {containers: [{name: db, image: "db:0"}]}}}
status: {updateRevision: db-2, currentRevision: db-1}
---
apiVersion: apps/v1
kind: ControllerRevision
metadata: {name: db-2, namespace: shop, creationTimestamp: "2026-01-02T08:00:00Z", ownerReferences: [{kind: StatefulSet, name: db, controller: true}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: shop, labels: {helm.toolkit.fluxcd.io/name: agent}}
spec: {template: {spec: {containers: [{name: a, image: "a:0"}]}}}
status: {desiredNumberScheduled: 3, numberReady: 1, updatedNumberScheduled: 2, numberAvailable: 1}
---
apiVersion: apps/v1
kind: ControllerRevision
metadata: {name: agent-x, namespace: shop, labels: {controller-revision-hash: x}, creationTimestamp: "2026-01-02T08:00:00Z", ownerReferences: [{kind: DaemonSet, name: agent, controller: true}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: j, namespace: shop, annotations: {batch.kubernetes.io/cronjob-scheduled-timestamp: "2026-01-02T10:00:00Z"}, ownerReferences: [{kind: CronJob, name: c, controller: true}]}
spec: {completions: 3, backoffLimit: 2, activeDeadlineSeconds: 60, template: {spec: {containers: [{name: j, image: j}]}}}
status: {failed: 3, ready: 1, active: 1, succeeded: 1, startTime: "2026-01-02T10:00:00Z", conditions: [{type: Failed, status: "True", reason: BackoffLimitExceeded}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: c, namespace: shop}
spec: {schedule: "* * * * *", timeZone: Europe/Berlin, suspend: true, concurrencyPolicy: Forbid, startingDeadlineSeconds: 10, jobTemplate: {spec: {template: {spec: {containers: [{name: j, image: j}]}}}}}
status: {active: [{name: j}, {name: k}], lastScheduleTime: "2026-01-02T10:00:00Z"}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: ClusterIP, clusterIPs: [10.1.0.1, None], selector: {app: web}}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: shop}
spec: {type: ExternalName, externalName: db.other.svc}
---
apiVersion: v1
kind: Service
metadata: {name: written, namespace: shop}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: w, namespace: shop, labels: {kubernetes.io/service-name: written}}
addressType: IPv4
endpoints: [{addresses: [10.9.0.1, 10.9.0.2], conditions: {ready: false}}, {addresses: [10.0.0.1], targetRef: {kind: Pod, name: web-1}}, {addresses: [10.9.0.3]}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: x, namespace: shop, labels: {kubernetes.io/service-name: web, endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io}}
addressType: IPv4
endpoints: [{addresses: [10.9.0.1]}, {addresses: [10.9.0.2], conditions: {ready: false}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop, annotations: {volume.beta.kubernetes.io/storage-provisioner: csi}}
spec: {volumeName: pv, storageClassName: fast, accessModes: [ReadWriteOnce]}
status: {phase: Bound, conditions: [{type: Resizing, status: "True", lastTransitionTime: "2026-01-02T10:00:00Z"}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm, namespace: shop, managedFields: [{manager: k, time: "2026-01-02T08:00:00Z", fieldsV1: {"f:data": {"f:k": {}, "f:app.conf": {}}}}]}
data: {k: "http://a.shop:80/x", app.conf: "upstream=b.shop.svc:90\nother = c.shop:91\npassword=hunter2hunter2"}
---
apiVersion: v1
kind: Secret
metadata: {name: sh.helm.release.v1.db.v2, namespace: shop, labels: {owner: helm, name: db, version: "2", status: deployed, modifiedAt: "1767348000"}}
data: {release: aHVudGVyMmh1bnRlcjI=}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: np, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}, matchExpressions: [{key: a, operator: Exists}]}
  ingress: [{}, {from: [{podSelector: {matchLabels: {a: b}}}, {namespaceSelector: {}}, {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ops}}}, {ipBlock: {cidr: 10.0.0.0/8}}]}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: b1, namespace: shop}
spec: {selector: {matchLabels: {app: web}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: b2, namespace: shop}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: h, namespace: shop}
spec: {scaleTargetRef: {kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 9}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: q, namespace: shop, managedFields: [{manager: k, time: "2026-01-02T08:00:00Z", fieldsV1: {"f:spec": {"f:hard": {}}}}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: v}
webhooks: [{name: v.x, clientConfig: {service: {namespace: shop, name: web}, caBundle: aHVudGVyMmh1bnRlcjI=}}, {name: u.x, clientConfig: {url: "https://u:hunter2hunter2@x"}}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: m}
webhooks: [{name: m.x, clientConfig: {service: {namespace: shop, name: web}}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: rb, namespace: shop, managedFields: [{manager: k, time: "2026-01-02T08:00:00Z", fieldsV1: {"f:subjects": {}, "f:roleRef": {}}}]}
roleRef: {kind: Role, name: r}
subjects: [{kind: ServiceAccount, name: web}, {kind: Group, name: "system:serviceaccounts"}, {kind: User, name: jane}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: crb}
roleRef: {kind: ClusterRole, name: r}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r, namespace: shop, managedFields: [{manager: k, time: "2026-01-02T08:00:00Z", fieldsV1: {"f:rules": {}}}]}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: x.y.z}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i, namespace: shop}
spec:
  defaultBackend: {service: {name: web}}
  rules: [{host: a.example, http: {paths: [{pathType: Prefix, backend: {service: {name: web}}}, {pathType: Prefix, backend: {service: {name: written}}}]}}, {host: b.example}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: h, namespace: shop}
spec: {hostnames: [x.example, y.example], rules: [{backendRefs: [{name: web}]}, {backendRefs: [{name: web, namespace: other, kind: Service}]}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: {name: g, namespace: shop}
spec: {rules: [{backendRefs: [{name: web}]}]}
`

// TestEverything reads back each form that an object may have.
func TestEverything(t *testing.T) {
	s := everythingRead(t)
	raw := write(t, s)
	if a, b := plain(t, s), plain(t, readBytes(t, raw)); !bytes.Equal(a, b) {
		t.Fatalf("the snapshot is another one: %s", firstDifference(a, b))
	}
	for name, content := range unpack(t, raw) {
		for _, secret := range []string{"hunter2", "aHVudGVy", "system:jane"} {
			if strings.Contains(content, secret) {
				t.Errorf("%s holds %s", name, secret)
			}
		}
	}
}

func everythingRead(t *testing.T) *cluster.Snapshot {
	t.Helper()
	f := &collect.Files{Paths: []string{"-"}, Stdin: strings.NewReader(everything)}
	parts, err := f.Read(context.Background(), cluster.Scope{AllNamespaces: true})
	if err != nil || len(parts.Gaps) > 2 {
		t.Fatalf("%v, %v", err, parts.Gaps)
	}
	pod := cluster.Ref{Kind: "Pod", Namespace: "shop", Name: "web-1"}
	at := parts.At
	parts.Logs = []cluster.Log{{LogRef: cluster.LogRef{Pod: pod, Container: "web", Previous: true}, Lines: []string{"a", "", strings.Repeat("long ", 1000)}},
		{LogRef: cluster.LogRef{Pod: pod, Container: "wait"}, Lines: []string{"one"}}}
	parts.Usages = []cluster.Usage{
		{Pod: pod, Container: "web", Node: "n1", At: at.Add(20 * time.Second), Since: at, Periods: 200, Throttled: 57, ThrottledFor: 1234567891, CPU: 0.1 + 0.2, WorkingSet: 12345678, CPUWait: 1. / 3, MemoryWait: -1},
		{Pod: pod, Container: "side", Node: "n1", At: at, Since: at.Add(-time.Hour), Total: true, Periods: 9, CPU: 1. / 7, WorkingSet: -1, CPUWait: 0, MemoryWait: 0},
		{Pod: pod, Container: "mesh", Node: "n1", At: at, Total: true, CPU: -1, WorkingSet: 7, CPUWait: -1, MemoryWait: -1}}
	parts.Filesystems = []cluster.Filesystem{{Of: cluster.OfNode, Node: "n1", At: at, Capacity: 100, Left: 1, Inodes: 10, InodesLeft: 0}, {Of: cluster.OfImages, Node: "n1", At: at, Capacity: 100, Left: 1},
		{Of: cluster.OfVolume, Node: "n1", Pod: pod, Volume: "p", Claim: cluster.Ref{Kind: "PersistentVolumeClaim", Namespace: "shop", Name: "data"}, At: at.Add(time.Millisecond), Capacity: 5, Left: 5}}
	parts.Past = cluster.Past{Watched: []cluster.Span{{From: at.Add(-time.Hour), To: at}}, Ends: []cluster.End{{Pod: pod, Container: "web", State: cluster.State{Phase: cluster.Terminated, ExitCode: 3, FinishedAt: at.Add(-time.Minute)}}},
		Series: []cluster.Series{{Metric: cluster.Used, Of: pod, Points: []cluster.Point{{Time: at, Value: 0.25}}}}}
	parts.Identity = cluster.Identity{Context: "prod", Server: "https://x", Version: "v1.36.0", Offline: true, Archived: true}
	parts.Scope = cluster.Scope{Namespaces: []string{"shop"}, AsRead: true}
	parts.Sources = append(parts.Sources, cluster.Source{Resource: cluster.History, From: "live", Period: cluster.Span{From: at.Add(-time.Hour), To: at}, Gap: "cut", Remedy: "none"})
	return cluster.New(parts)
}

// unpack is what an archive holds, by name. Each of it is a file for its owner
// alone, below one folder.
func unpack(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	packed, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	in := tar.NewReader(packed)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(h.Name, archive.Folder+"/") || !fs.ValidPath(h.Name) || path.Clean(h.Name) != h.Name || h.Mode != 0o600 || h.Typeflag != tar.TypeReg {
			t.Errorf("%s of mode %o and type %c", h.Name, h.Mode, h.Typeflag)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		out[h.Name] = string(content)
	}
}
