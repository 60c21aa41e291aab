"""An invented recruiting agency: people, vacancies and outcomes whose rules are known."""
