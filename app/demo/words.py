"""The texts of the tour, in English and Portuguese."""

from app.pages import Words

WORDS: Words = {
    "name": ("Tour", "Passeio"),
    "about": ("The story of this demo, as it happens.", "A história desta demonstração, enquanto acontece."),
    "title": ("A tour of Pauta", "Um passeio pelo Pauta"),
    "intro": (
        "Everything here happens now, on this machine, with generated data. Readers live a day in {minutes} minutes. "
        "The story continues by itself; the pages that it links to are the platform's own.",
        "Tudo aqui acontece agora, nesta máquina, com dados gerados. Os leitores vivem um dia em {minutes} minutos. "
        "A história segue sozinha; as páginas indicadas são as da própria plataforma.",
    ),
    "site_clock": ("The site's clock", "Relógio do site"),
    "reads": ("reads", "leituras"),
    "lists": ("lists", "listas"),
    "hits": ("lists with the next read", "listas com a próxima leitura"),
    "next_in": ("The next chapter begins in {seconds} s.", "O próximo capítulo começa em {seconds} s."),
    "go_on": ("Begin it now", "Começar já"),
    "front_now": ("The first places of a new reader's list:", "Os primeiros lugares da lista de um leitor novo:"),
    "over": (
        "The story is over. The readers stay for three days of theirs; change what you like.",
        "A história acabou. Os leitores ficam por três dias deles; mude o que quiser.",
    ),
    "days_over": ("The readers' days are over.", "Os dias dos leitores acabaram."),
    "state_waiting": ("not yet", "ainda não"),
    "state_running": ("now", "agora"),
    "state_done": ("happened", "aconteceu"),
    "state_failed": ("did not happen", "não aconteceu"),
    "see": ("See it:", "Veja:"),
    "entries": (
        "In the record of decisions, without settings and posts of the site: {count}",
        "No registro de decisões, sem configurações e publicações do site: {count}",
    ),
    "running_command": ("Running", "Executando"),
    "steps_done": ("Done: {steps}.", "Prontos: {steps}."),
    "why_failed": ("Why it did not happen:", "Por que não aconteceu:"),
    "gate_says": ("What the gate says:", "O que a avaliação diz:"),
    "place_now": ("Place in the list of a new reader: {place}", "Lugar na lista de um leitor novo: {place}"),
    "not_listed": ("It is not in the first 20 places yet.", "Ainda não está entre os 20 primeiros."),
    "clicks_hour": ("clicks in about an hour: {clicks}", "cliques em cerca de uma hora: {clicks}"),
    "clicks_judged": (
        "{clicks} of {needed} clicks that a verdict needs",
        "{clicks} de {needed} cliques de que um veredito precisa",
    ),
    "lead_now": (
        "Hits of its lists minus those of the most read articles, per click: {lead}",
        "Acertos de suas listas menos os das mais lidas, por clique: {lead}",
    ),
    "line_of_places": ("Its place, upwards", "Seu lugar, para cima"),
    "students_page": ("students by risk", "alunos por risco"),
    "recruiting_page": ("vacancies and candidates", "vagas e candidatos"),
    "readers_page": ("what readers get", "o que os leitores recebem"),
    "overview": ("use cases for operators", "casos de uso para operadores"),
    "trending": ("trending, for editors", "em alta, para a redação"),
    "article_page": ("this story, for editors", "esta notícia, para a redação"),
    "rules": ("rules of the editors", "regras da redação"),
    "changes": ("who did what", "quem fez o quê"),
    "releases": ("releases", "versões"),
    "runs": ("runs and reports", "execuções e relatórios"),
    "drift_page": ("drift", "desvio dos dados"),
    "live": ("live figures", "números ao vivo"),
    "whole_record": ("the record of decisions", "o registro de decisões"),
    "case_news": ("News", "Notícias"),
    "case_students": ("Students", "Estudantes"),
    "case_recruiting": ("Recruiting", "Recrutamento"),
    "title_start": ("Three use cases get their first releases", "Três casos de uso recebem suas primeiras versões"),
    "about_start": (
        "Each is trained on generated data. A gate measures each model on data that it has not seen, and only then is "
        "it served.",
        "Cada um é treinado com dados gerados. Uma avaliação mede cada modelo em dados que ele não viu, e só então ele "
        "entra em serviço.",
    ),
    "title_breaking": ("A breaking story rises", "Uma notícia urgente sobe"),
    "about_breaking": (
        "Nobody tells the platform that it matters. Readers click on it, and each click counts in the next list.",
        "Ninguém diz à plataforma que ela importa. Os leitores clicam, e cada clique conta na próxima lista.",
    ),
    "title_editors": ("An editor pins and takes down", "Uma editora fixa e retira"),
    "about_editors": (
        "Ana pins a service piece to the first place, then takes a story down that its source withdrew. Both hold in "
        "every list at once.",
        "Ana fixa um serviço no primeiro lugar e depois retira uma notícia que a fonte cancelou. Ambos valem em todas "
        "as listas, na hora.",
    ),
    "title_refused": ("A bad release is refused", "Uma versão ruim é recusada"),
    "about_refused": (
        "A training has a fault: its ranker has a wrong sign and puts last what readers want most. The gate compares "
        "it with the release in service and with the most read articles.",
        "Um treino tem um defeito: o sinal do ranqueador está trocado e põe por último o que os leitores mais querem. "
        "A avaliação a compara com a versão em serviço e com as mais lidas.",
    ),
    "title_drift": ("Drift triggers a training", "Um desvio inicia um treino"),
    "about_drift": (
        "The workbook of a new school year arrives, and it differs from those before. The drift report finds it, and "
        "the monitoring decides to train.",
        "Chega a planilha de um novo ano letivo, e ela difere das anteriores. O relatório de desvio percebe, e o "
        "monitoramento decide treinar.",
    ),
    "title_guard": ("A guard rolls back", "Um vigia desfaz"),
    "about_guard": (
        "Somebody forces the refused release past the gate. The live guard watches the clicks of readers, is sure "
        "that the release is worse than popularity, and puts the one before back.",
        "Alguém força a versão recusada. O vigia acompanha os cliques dos leitores, tem certeza de que ela é pior que "
        "a popularidade e recoloca a anterior.",
    ),
    "title_record": ("Everything is on record", "Tudo fica registrado"),
    "about_record": (
        "Who decided what, when, why, and with which figures. Each entry carries the hash of the one before.",
        "Quem decidiu o quê, quando, por quê e com quais números. Cada entrada traz o hash da anterior.",
    ),
    "note_training": ("{use_case}: training the first release.", "{use_case}: treinando a primeira versão."),
    "note_in_service": (
        "{use_case}: the gate accepted release {release}; it is in service.",
        "{use_case}: a avaliação aceitou a versão {release}; ela está em serviço.",
    ),
    "note_readers": ("The readers begin their day.", "Os leitores começam o dia."),
    "note_published": ("The newsroom publishes “{title}”.", "A redação publica “{title}”."),
    "note_risen": (
        "It is in place {place} of the list of a new reader, after {clicks} clicks in about an hour.",
        "Está no lugar {place} da lista de um leitor novo, com {clicks} cliques em cerca de uma hora.",
    ),
    "note_pinned": (
        "Ana pins “{title}” to the first place until {until} on the site's clock. The list had it after {seconds} s.",
        "Ana fixa “{title}” no primeiro lugar até {until} no relógio do site. A lista o tinha após {seconds} s.",
    ),
    "note_taken_down": (
        "Ana takes “{title}” down. It was gone after {seconds} s: in no list of {readers} readers, and its own address "
        "answers {status}.",
        "Ana retira “{title}”. Sumiu após {seconds} s: não está em nenhuma lista de {readers} leitores, e seu endereço "
        "responde {status}.",
    ),
    "note_bad_training": (
        "Run {run} trains on the newest clicks of the readers.",
        "A execução {run} treina com os cliques mais recentes dos leitores.",
    ),
    "note_bad_fault": ("The fault is planted in its ranker.", "O defeito é plantado no ranqueador."),
    "note_refused": (
        "The gate refused release {release}; the one in service stays.",
        "A avaliação recusou a versão {release}; a que está em serviço fica.",
    ),
    "note_arrived": ("Arrived: {files}.", "Chegaram: {files}."),
    "note_drifted": ("Large drift: {columns}.", "Desvio grande: {columns}."),
    "note_decided": ("The monitoring starts {dag}.", "O monitoramento inicia {dag}."),
    "note_trained": (
        "The gate accepted release {release} of that training; it is in service.",
        "A avaliação aceitou a versão {release} desse treino; ela está em serviço.",
    ),
    "note_trained_refused": (
        "The gate refused release {release} of that training; the one in service stays.",
        "A avaliação recusou a versão {release} desse treino; a que está em serviço fica.",
    ),
    "note_forced": (
        "Release {release} is forced into service instead of {before}.",
        "A versão {release} é forçada no lugar de {before}.",
    ),
    "note_rolled_back": (
        "The guard rolled {release} back; {to} is in service again.",
        "O vigia desfez {release}; {to} está de novo em serviço.",
    ),
    "note_verified": (
        "The chain of {entries} entries is unbroken.",
        "A cadeia de {entries} entradas está intacta.",
    ),
}
