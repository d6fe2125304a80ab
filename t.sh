. /work/main/.venv/bin/activate; cd /tmp/rt2/clone; export PYTHONPATH=$PWD
python -m pytest -q -p no:randomly -p no:cacheprovider "$@" 2>&1 | tail -60
