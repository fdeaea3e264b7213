/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A loop without a call: it runs, however long one looks.
 *
 * why RUNS
 * why run within=500ms
 */
int main(void)
{
	volatile unsigned long n = 0;

	for (;;)
		n++;
}
