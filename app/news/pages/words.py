"""The texts of the demo page, in English and Portuguese."""

from app.shell.pages import Words

WORDS: Words = {
    "name": ("News", "Notícias"),
    "about": (
        "Recommends articles to users who are logged in, seen before, or unknown.",
        "Recomenda artigos a usuários com login, já vistos ou desconhecidos.",
    ),
    "headline": ("What one reader gets", "O que um leitor recebe"),
    "segment": ("Segment", "Segmento"),
    "user": ("User", "Usuário"),
    "user_id": ("or a user id", "ou o id de um usuário"),
    "articles": ("Articles", "Artigos"),
    "show": ("Show", "Mostrar"),
    "forget": ("Forget them", "Esquecer"),
    "how": (
        "The list comes from /recommendations. Headlines count as read when clicked, and the page requests the list "
        "again.",
        "A lista vem de /recommendations. Um título clicado conta como lido, e a página pede a lista de novo.",
    ),
    "no_script": ("This page needs JavaScript.", "Esta página precisa de JavaScript."),
    "logged": ("Logged in", "Com login"),
    "semi_logged": ("Seen before", "Já visto"),
    "anonymous": ("Unknown", "Desconhecido"),
    "article": ("Article", "Artigo"),
    "count_as_read": ("Count as read", "Contar como lido"),
    "minutes_old": ("{count} min old", "há {count} min"),
    "hours_old": ("{count} h old", "há {count} h"),
    "days_old": ("{count} days old", "há {count} dias"),
    "address": ("address", "endereço"),
    "source": ("source", "origem"),
    "answer": ("answer", "resposta"),
    "now": ("It is", "Agora são"),
    "nothing_left": ("There is nothing left to read.", "Não há mais nada para ler."),
    "one_read": ("One article read here.", "Um artigo lido aqui."),
    "many_read": ("{count} articles read here.", "{count} artigos lidos aqui."),
    "new_user": ("a new user", "um usuário novo"),
}
