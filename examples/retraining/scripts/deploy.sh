#!/usr/bin/env bash
set -euo pipefail
image="registry.example.org/retraining:${1:?usage: deploy.sh VERSION}"
kubectl set image deployment/retraining retraining="$image"
kubectl rollout status deployment/retraining --timeout=120s
