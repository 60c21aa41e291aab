"""The texts of the pages for operators that only news has."""

from app.pages import Words

OPERATION_WORDS: Words = {
    "op_hits": ("Hit rate over time", "Taxa de acerto ao longo do tempo"),
    "op_hits_about": (
        "Share of the clicks credited to an answer whose article was in its first 10 places, beside the 10 most read "
        "articles of the hour before. All processes together, on the clock of the machine.",
        "Parte dos cliques atribuídos a uma resposta cujo artigo estava nos 10 primeiros lugares, ao lado dos 10 "
        "artigos mais lidos da hora anterior. Todos os processos juntos, no relógio da máquina.",
    ),
    "op_no_hits": ("No click has been credited in this time.", "Nenhum clique foi atribuído neste período."),
    "op_served": ("served lists", "listas servidas"),
    "op_popular": ("most read of the hour", "mais lidos da hora"),
    "op_clicks": ("clicks", "cliques"),
    "op_time": ("time (UTC)", "hora (UTC)"),
    "op_window": ("Time", "Período"),
    "op_state": ("This process", "Este processo"),
    "op_ready": ("release in service", "versão em serviço"),
    "op_clock": ("clock", "relógio"),
    "op_degraded": ("missing parts", "partes ausentes"),
    "op_log_error": ("problem of the event log", "problema do registro de eventos"),
    "op_position": ("position in the event log", "posição no registro de eventos"),
    "op_pending": ("entries that wait to be written", "entradas à espera de gravação"),
    "op_since_read": ("since the log was read", "desde a leitura do registro"),
    "op_articles": ("articles in the live state", "artigos no estado ao vivo"),
    "op_readers": ("users in the live state", "usuários no estado ao vivo"),
    "op_memory": ("memory of the live state", "memória do estado ao vivo"),
    "op_quarantine_about": (
        "Bad clicks leave the live state of every process within seconds, and the next training. Ids are stored only "
        "as hashes. One id per line.",
        "Cliques ruins saem do estado ao vivo de todos os processos em segundos, e do próximo treinamento. Os ids são "
        "guardados só como hashes. Um id por linha.",
    ),
    "op_new": ("Leave out events", "Deixar eventos de fora"),
    "op_users": ("Users", "Usuários"),
    "op_sessions": ("Visits", "Visitas"),
    "op_networks": ("Networks (pseudonyms)", "Redes (pseudônimos)"),
    "op_pages": ("Only these articles", "Só estes artigos"),
    "op_since": ("From (UTC)", "De (UTC)"),
    "op_until": ("Until (UTC; empty: now)", "Até (UTC; vazio: agora)"),
    "op_people": ("users and visits named", "usuários e visitas citados"),
    "op_impressions": ("impressions", "exibições"),
    "op_in_release": ("of them in the release", "deles na versão em serviço"),
    "op_active": ("active", "ativa"),
    "op_ended": ("ended", "encerrada"),
    "op_end": ("Let them count again", "Voltar a contar"),
    "op_end_about": (
        "The events count again: within seconds in the live state, and in the next training.",
        "Os eventos voltam a contar: em segundos no estado ao vivo, e no próximo treinamento.",
    ),
    "op_ended_before": (
        "Nothing was changed: this quarantine is not active.",
        "Nada foi alterado: esta quarentena não está ativa.",
    ),
    "op_none": ("No events have been left out.", "Nenhum evento foi deixado de fora."),
}
