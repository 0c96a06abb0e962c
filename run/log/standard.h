/* SPDX-License-Identifier: MIT */
#ifndef LAB_RUN_LOG_STANDARD_H
#define LAB_RUN_LOG_STANDARD_H

/*
 * Opens /dev/null in the place of each standard descriptor that is closed: else the next file would get its number, and
 * a message would go into it. Called first in main().
 */
void standard_open(void);

#endif /* LAB_RUN_LOG_STANDARD_H */
