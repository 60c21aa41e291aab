"""Pools of ready sentences, one per topic, place and for news in general, out of which bodies are put together."""

from collections.abc import Sequence
from random import Random

from pipelines.sample_world.words import Topic, words

PER_TOPIC, PER_PLACE, GENERAL, CAPTIONS = 240, 24, 300, 60

ABOUT_TOPIC = (
    "{actor} {act} {thing}, segundo nota enviada à imprensa nesta {day}, e o debate sobre {term} voltou à conversa",
    "de acordo com {actor}, {thing} passa a depender de novas regras sobre {term} a partir de {month}",
    "para {actor}, {thing} ainda exige cuidado, porque os números sobre {term} mudaram {number}% em doze meses",
    'procurada pela reportagem, a assessoria informou que {actor} {act} {thing} "dentro do prazo previsto"',
    '"não há decisão tomada sobre {term}", disse uma pessoa que acompanha o caso; {actor} {act} {thing} mesmo assim',
    "especialistas ouvidos lembram que {thing} tem relação direta com {term} e que {actor} {act} {other} desde {year}",
    "em {month}, {actor} já havia tratado do tema; agora, {thing} e {other} aparecem no mesmo documento sobre {term}",
    "entre os pontos mais citados estão {term}, {term2} e {term3}, ao lado de temas antigos como {other}",
    "o levantamento reúne {number} registros sobre {term} e compara {thing} com o que se viu em {year}",
    "{thing} interessa também a quem acompanha {term2}, afirma quem trabalha com {term} há mais de {small} anos",
    "na prática, {actor} {act} {thing} e deixa {other} para depois, o que desagrada a quem depende de {term}",
    "quem espera por {term} deve ficar atento: {thing} muda primeiro, e só então {actor} {act} {other}",
    "a lista completa sobre {term} e {term2} está disponível para consulta, assim como os prazos que envolvem {thing}",
    "desde {year}, {actor} acompanha {thing} por meio de relatórios sobre {term}, publicados a cada {small} meses",
)
ABOUT_PLACE = (
    "o caso aconteceu em {place} e chamou a atenção de quem passava pelo centro por volta das {hour}h desta {day}",
    "moradores de {place} contam que esperam uma resposta há pelo menos {small} meses e cobram providências",
    "em {place}, o atendimento ao público segue normalmente, das 8h às {late}h, de segunda a sexta-feira",
    "a região de {place} concentra {number}% dos registros do estado neste ano, segundo o balanço mais recente",
    "a prefeitura de {place} informou que acompanha a situação e que novas informações serão divulgadas nesta {day}",
)
ABOUT_NOTHING = (
    "a expectativa é de que uma definição saia ainda nesta {day}, depois de uma reunião marcada para as {hour}h",
    "o número representa uma variação de {number}% na comparação com o mesmo período de {year}",
    "procurados, os responsáveis não responderam até a última atualização desta reportagem, às {hour}h",
    '"é um passo importante, mas ainda há muito a fazer", resumiu um dos participantes do encontro',
    "a medida vale por {small} meses e pode ser renovada por igual período, caso haja acordo entre as partes",
    "o texto foi publicado nesta {day} e entra em vigor em {small} dias, conforme o calendário divulgado em {month}",
    "outras {number} pessoas participaram da consulta, que ficou aberta ao público durante todo o mês de {month}",
    "não é a primeira vez que isso acontece: em {year}, uma situação parecida levou {small} semanas para ser resolvida",
    "veja abaixo as principais perguntas e respostas sobre o assunto e saiba onde buscar mais informações",
    "o resultado ficou dentro do que se esperava, dizem os envolvidos, que preferem aguardar os próximos {small} dias",
)
CAPTION = (
    "{actor} {act} {thing}; entenda o que muda para quem acompanha {term}.",
    "Mudança atinge {thing} e vale a partir de {month}.",
    "Levantamento sobre {term} e {term2} foi divulgado nesta {day}.",
    "{thing} volta ao centro do debate, ao lado de {term} e {term3}.",
    "Caso envolve {term}; {actor} {act} {other}.",
)
DAYS = ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira")
MONTHS = ("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro")


def sentence_pool(rng: Random) -> list[str]:
    """All sentences: ``PER_TOPIC`` of each topic, then ``PER_PLACE`` of each place, then ``GENERAL`` ones."""
    vocabulary = words()
    pool = [_about(rng, ABOUT_TOPIC, topic) for topic in vocabulary.topics for _ in range(PER_TOPIC)]
    pool += [_fill(rng, ABOUT_PLACE, place=place.name) for place in vocabulary.places for _ in range(PER_PLACE)]
    pool += [_fill(rng, ABOUT_NOTHING) for _ in range(GENERAL)]
    return [f"{capital(text)}." for text in pool]


def caption_pool(rng: Random) -> list[str]:
    """``CAPTIONS`` lines of each topic, topic after topic."""
    return [capital(_about(rng, CAPTION, topic)) for topic in words().topics for _ in range(CAPTIONS)]


def capital(text: str) -> str:
    """The text with its first letter in upper case, behind an opening quote too; the others stay.

    >>> capital("o Senado"), capital('"não há"')
    ('O Senado', '"Não há"')
    """
    first = 1 if text.startswith('"') else 0
    return text[:first] + text[first : first + 1].upper() + text[first + 1 :]


def _about(rng: Random, patterns: Sequence[str], topic: Topic) -> str:
    thing, other = rng.sample(topic.things, 2)
    term, term2, term3 = rng.sample(topic.terms, 3)
    return _fill(
        rng,
        patterns,
        actor=rng.choice(topic.actors),
        act=rng.choice(topic.acts),
        thing=thing,
        other=other,
        term=term,
        term2=term2,
        term3=term3,
    )


def _fill(rng: Random, patterns: Sequence[str], **slots: str) -> str:
    return rng.choice(patterns).format(
        day=rng.choice(DAYS),
        month=rng.choice(MONTHS),
        number=rng.randint(3, 94),
        small=rng.randint(2, 11),
        year=rng.randint(2012, 2021),
        hour=rng.randint(8, 19),
        late=rng.randint(17, 19),
        **slots,
    )
