/** @file unit/base/mailbox_test.c  Tests base/mailbox.h; with TSan, across threads. */
#include "unit/test.h"

#include <pthread.h>
#include <semaphore.h>

#include "base/mailbox.h"

struct note {
	unsigned sender, number;
};

static void mailbox_is_first_in_first_out_and_bounded(void **state)
{
	struct mailbox *m = mailbox_create(sizeof(struct note), 4, NULL, NULL);
	struct note n;

	(void)state;
	CHECK(m != NULL);
	CHECK(!mailbox_receive(m, &n));
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < 4; i++)
			CHECK_OK(mailbox_send(m, &(struct note){ round, i }));
		CHECK_INT(SOTTO_ELIMIT, mailbox_send(m, &(struct note){ 9, 9 }));
		for (unsigned i = 0; i < 4; i++) {
			CHECK(mailbox_receive(m, &n));
			CHECK(n.sender == round && n.number == i);
		}
		CHECK(!mailbox_receive(m, &n));
	}
	mailbox_destroy(m);
	mailbox_destroy(NULL);
}

#define SENDERS  4
#define MESSAGES 5000

struct shared {
	struct mailbox *box;
	sem_t woken;
};

static void wake(void *ctx)
{
	sem_post(&((struct shared *)ctx)->woken);
}

struct sender {
	pthread_t thread;
	struct shared *shared;
	unsigned number;
};

static void *send_all(void *arg)
{
	struct sender *s = arg;

	for (unsigned i = 0; i < MESSAGES; i++)
		while (mailbox_send(s->shared->box, &(struct note){ s->number, i }) != SOTTO_OK)
			sched_yield();
	return NULL;
}

static void messages_of_one_sender_stay_in_order(void **state)
{
	struct shared shared;
	struct sender senders[SENDERS];
	unsigned next[SENDERS] = { 0 }, total = 0;
	struct note n;

	(void)state;
	sem_init(&shared.woken, 0, 0);
	shared.box = mailbox_create(sizeof(struct note), 64, wake, &shared);
	CHECK(shared.box != NULL);
	for (unsigned i = 0; i < SENDERS; i++) {
		senders[i] = (struct sender){ .shared = &shared, .number = i };
		CHECK_INT(0, pthread_create(&senders[i].thread, NULL, send_all, &senders[i]));
	}
	while (total < SENDERS * MESSAGES) {
		sem_wait(&shared.woken);
		while (mailbox_receive(shared.box, &n)) {
			CHECK_INT(next[n.sender], n.number);
			next[n.sender]++;
			total++;
		}
	}
	for (unsigned i = 0; i < SENDERS; i++)
		pthread_join(senders[i].thread, NULL);
	mailbox_destroy(shared.box);
	sem_destroy(&shared.woken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mailbox_is_first_in_first_out_and_bounded),
		cmocka_unit_test(messages_of_one_sender_stay_in_order),
	};

	return cmocka_run_group_tests_name("base.mailbox", tests, NULL, NULL);
}
