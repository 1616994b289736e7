{{- define "mockauth0.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "mockauth0.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "mockauth0.labels" -}}
{{ include "mockauth0.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- /* The names from outside the cluster, as JSON. */}}
{{- define "mockauth0.hosts" -}}
{{- $hosts := .Values.hosts }}
{{- with .Values.tenantHost }}{{ $hosts = append $hosts (printf "*.%s" .) }}{{ end }}
{{- $hosts | toJson }}
{{- end }}
