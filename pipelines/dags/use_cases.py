"""The DAGs of every use case in the registry: a second use case is one more entry there, and nothing here.

Airflow reads this file again and again: it builds the DAGs and imports nothing heavy; the work is in the steps.
"""

from pipelines.airflow.backup import backup_dag
from pipelines.airflow.data import data_dag
from pipelines.airflow.evaluation import evaluation_dag
from pipelines.airflow.experiments import experiments_dag
from pipelines.airflow.maintenance import maintenance_dag
from pipelines.airflow.monitoring import monitoring_dag
from pipelines.airflow.releases import releases_dag
from pipelines.airflow.training import training_dag
from pipelines.registry import use_cases
from script_shared.settings import load_settings

_settings = load_settings()
_cases = list(use_cases(_settings).values())
for _case in _cases:
    _evaluated = (evaluation_dag,) if _case.evaluation else ()
    _monitored = (monitoring_dag,) if "monitoring" in _case.params_kind.model_fields else ()
    for _build in (data_dag, training_dag, *_evaluated, *_monitored):
        _dag = _build(_case)
        globals()[_dag.dag_id] = _dag

backup = backup_dag(_settings)
experiments = experiments_dag()
maintenance = maintenance_dag(_cases)
releases = releases_dag(_cases)
