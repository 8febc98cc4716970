{{- /*
All of these take (dict "root" $ "role" "web"): the chart's own scope, and which of web, worker and migrate it is for.
*/ -}}

{{- /* A deployment finds its pods by these labels, so they can't be changed once it is there. */ -}}
{{- define "ratebook.labels" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}

{{- define "ratebook.tag" -}}
{{- .root.Values.image.tag | default .root.Chart.AppVersion -}}
{{- end -}}

{{- /* The settings of a pod that are the same for every role. */ -}}
{{- define "ratebook.pod" -}}
{{- /* The sandbox is process 1 then, so that SIGTERM always reaches Node. */ -}}
shareProcessNamespace: true
automountServiceAccountToken: false
{{- /* A service called "metrics" would set METRICS_PORT to an address otherwise. */}}
enableServiceLinks: false
{{- /* Longer than DRAIN_SECONDS and closing take together. */}}
terminationGracePeriodSeconds: {{ add .root.Values.drainSeconds 20 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  {{- /* The user node of the image. */}}
  runAsUser: 1000
  runAsGroup: 1000
  seccompProfile:
    type: RuntimeDefault
volumes:
  - name: tmp
    emptyDir: {}
{{- end -}}

{{- /* The settings of a container that are the same for every role. */ -}}
{{- define "ratebook.container" -}}
image: {{ printf "%s:%s" .root.Values.image.repository (include "ratebook.tag" .) | quote }}
envFrom:
  - secretRef:
      name: {{ .root.Values.existingSecret }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: tmp
    mountPath: /tmp
{{- end -}}

{{- define "ratebook.environment" -}}
- name: ROLE
  value: {{ .role }}
- name: DRAIN_SECONDS
  value: {{ .root.Values.drainSeconds | quote }}
{{- with .root.Values.publicUrl }}
- name: PUBLIC_URL
  value: {{ . | quote }}
{{- end }}
{{- end -}}

{{- /* Takes the name of the port that answers. */ -}}
{{- define "ratebook.probes" -}}
startupProbe:
  httpGet:
    path: /healthz
    port: {{ . }}
  periodSeconds: 2
  failureThreshold: 60
readinessProbe:
  httpGet:
    path: /readyz
    port: {{ . }}
  periodSeconds: 2
  timeoutSeconds: 4
{{- /* A database that is away is no reason to start anew: prices are answered from memory. */}}
livenessProbe:
  httpGet:
    path: /healthz
    port: {{ . }}
  periodSeconds: 10
  timeoutSeconds: 4
{{- end -}}
