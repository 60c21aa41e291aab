"""The live guard: compares the release in service with popularity and with the release before, rolls a worse one back.

It knows no use case: a use case names a function (``UseCase.live``) that judges its clicks. ``look`` is one look;
``verdict`` has the comparisons, ``action`` the rules of a rollback, ``state`` what a restart must not forget.
"""
